import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { edit, pairedId, productField } from './edits.ts';
import { inSetup } from './inSetup.ts';
import { newJournal, type Journal } from './journal.ts';
import type { CatalogueStep } from './keeperSteps.ts';
import { persistently } from './persistently.ts';
import type { Simulated } from './simulated.ts';

type Of<D extends CatalogueStep['do']> = Extract<CatalogueStep, { do: D }>;

/** A product that people keep on both sides, with its entry in the price book. */
export interface KeptProduct {
  journal: Journal;
  /** The org's id of its entry, as far as this history made one. */
  entryId: string | null;
  deleted: boolean;
  /** List Prices that people set, in cents, oldest first; each is another one. `before`: what they saw there. */
  listed: { cents: number; before: number | null; at: number }[];
  /** Whether people said last that the entry is on sale. */
  onSale: boolean;
  /** Prices that people made in Stripe. */
  madeInStripe: Map<string, number>;
  /** Prices that people archived in Stripe. */
  archivedInStripe: Set<string>;
  /** Whether anybody did anything to its prices in Stripe. */
  touchedInStripe: boolean;
}

/** Carries out what the keepers of one catalogue do on either side, and notes what the systems took. */
export class CatalogueKeeper {
  readonly products: KeptProduct[] = [];
  readonly pressed: Promise<unknown>[] = [];
  private readonly simulated: Simulated;
  private readonly name: string;
  private counter = 0;

  constructor(simulated: Simulated, name: string) {
    this.simulated = simulated;
    this.name = name;
  }

  get crmIds(): string[] {
    return this.products.flatMap(({ journal, entryId }) => [journal.crmId!, ...(entryId ? [entryId] : [])]);
  }

  async act(step: CatalogueStep): Promise<void> {
    if (step.do === 'pause') return void (await new Promise((resolve) => setTimeout(resolve, step.ms)));
    if (step.do === 'keepCatalogue') return this.begin(step);
    const product = this.products[step.product % this.products.length];
    return product && this.actOn(product, step);
  }

  private async actOn(product: KeptProduct, step: Exclude<CatalogueStep, Of<'pause' | 'keepCatalogue'>>) {
    switch (step.do) {
      case 'syncProduct':
        return this.press(product, step.wait);
      case 'editProduct': {
        const field = productField(this.simulated, product.journal, step.field);
        return void (await edit(field, step.side, `${this.name} ${step.field} ${this.next()}`));
      }
      case 'sellProduct':
        return this.sellProduct(product, step);
      case 'deleteProduct':
        return this.delete(product);
      case 'restoreProduct':
        return this.restore(product);
      case 'listPrice':
        return this.list(product, step.cents);
      case 'sellEntry':
        return this.sellEntry(product, step.active);
      case 'priceInStripe':
        return void (await this.makePrice(product, step));
      case 'archivePrice':
        return this.archive(product, (await this.prices(product))[step.price]);
      case 'defaultPrice': {
        const prices = await this.prices(product);
        const chosen = step.price === null ? null : prices[step.price % Math.max(prices.length, 1)];
        return chosen === undefined ? undefined : this.makeDefault(product, chosen?.id ?? null);
      }
      case 'editPriceInDashboard':
        return this.editInDashboard(product, step.cents);
    }
  }

  private async begin({ products }: Of<'keepCatalogue'>): Promise<void> {
    const { admin } = this.simulated.world;
    for (const { cents, synced } of products) {
      const id = await persistently(() =>
        admin.create('Product2', { Name: `${this.name} product ${this.next()}`, IsActive: true }),
      );
      const product: KeptProduct = {
        journal: newJournal('product', id!),
        entryId: null,
        deleted: false,
        listed: [],
        onSale: true,
        madeInStripe: new Map(),
        archivedInStripe: new Set(),
        touchedInStripe: false,
      };
      this.products.push(product);
      if (cents !== null) await this.list(product, cents);
      if (synced) await this.press(product, false);
    }
  }

  private async press({ journal }: KeptProduct, wait: boolean): Promise<void> {
    const params = { recordId: journal.crmId, idempotencyKey: randomUUID() };
    const { rep } = this.simulated.world;
    const pressing = rep.apex('RecordSyncController', 'syncRecord', params).catch(() => undefined);
    this.pressed.push(pressing);
    if (wait) await pressing;
  }

  private async sellProduct({ journal }: KeptProduct, { side, active }: Of<'sellProduct'>): Promise<void> {
    const { admin, stripe } = this.simulated.world;
    const once = { idempotencyKey: randomUUID() };
    const id = await pairedId(this.simulated, journal);
    await persistently(async () => {
      if (side === 'salesforce') await admin.update('Product2', journal.crmId!, { IsActive: active });
      else if (id) await stripe.products.update(id, { active }, once);
    });
  }

  private async delete(product: KeptProduct): Promise<void> {
    const { admin } = this.simulated.world;
    const done = await persistently(async () => {
      await admin.delete('Product2', product.journal.crmId!);
      return true;
    });
    product.deleted ||= done === true;
  }

  private async restore(product: KeptProduct): Promise<void> {
    if (!product.deleted) return;
    if (await inSetup(this.simulated, '/undelete', { ids: [product.journal.crmId] })) product.deleted = false;
  }

  /** Sets List Price; where the price book has no entry yet, one is made. */
  private async list(product: KeptProduct, low: number): Promise<void> {
    if (product.deleted) return;
    const { admin } = this.simulated.world;
    const cents = this.amount(low);
    const { entryId, before } = await this.entryOf(product);
    const done = await persistently(async () => {
      if (entryId) {
        await admin.update('PricebookEntry', entryId, { UnitPrice: cents / 100 });
        return entryId;
      }
      const [book] = await admin.query('SELECT Id FROM Pricebook2 WHERE IsStandard = true');
      return admin.create('PricebookEntry', {
        Pricebook2Id: book!.Id,
        Product2Id: product.journal.crmId,
        UnitPrice: cents / 100,
        IsActive: true,
      });
    });
    if (!done) return;
    product.entryId = done;
    product.listed.push({ cents, before, at: Date.now() });
  }

  /** Also one that the engine has made for a price of Stripe's. */
  private async entryOf(product: KeptProduct): Promise<{ entryId: string | null; before: number | null }> {
    const { admin } = this.simulated.world;
    const [entry] = (await persistently(() =>
      admin.query(`SELECT Id, UnitPrice FROM PricebookEntry WHERE Product2Id = '${product.journal.crmId}'`),
    ))!;
    product.entryId ??= entry?.Id ?? null;
    return { entryId: entry?.Id ?? null, before: entry ? Math.round(Number(entry.UnitPrice) * 100) : null };
  }

  private async sellEntry(product: KeptProduct, active: boolean): Promise<void> {
    const { admin } = this.simulated.world;
    const { entryId } = await this.entryOf(product);
    if (!entryId) return;
    const done = await persistently(async () => {
      await admin.update('PricebookEntry', entryId, { IsActive: active });
      return true;
    });
    if (done) product.onSale = active;
  }

  private async prices({ journal }: KeptProduct): Promise<Stripe.Price[]> {
    const product = await pairedId(this.simulated, journal);
    if (!product) return [];
    const { stripe } = this.simulated.world;
    return (await persistently(() => stripe.prices.list({ product, active: true, limit: 100 })))?.data ?? [];
  }

  private async makePrice(
    product: KeptProduct,
    { cents: low, isDefault }: { cents: number; isDefault: boolean },
  ): Promise<string | undefined> {
    const stripeProduct = await pairedId(this.simulated, product.journal);
    if (!stripeProduct) return undefined;
    const { stripe } = this.simulated.world;
    const cents = this.amount(low);
    const once = { idempotencyKey: randomUUID() };
    const params = { product: stripeProduct, currency: 'usd', unit_amount: cents };
    product.touchedInStripe = true;
    const made = await persistently(() => stripe.prices.create(params, once));
    if (!made) return undefined;
    product.madeInStripe.set(made.id, cents);
    if (isDefault) await this.makeDefault(product, made.id);
    return made.id;
  }

  private async makeDefault(product: KeptProduct, priceId: string | null): Promise<void> {
    const stripeProduct = await pairedId(this.simulated, product.journal);
    if (!stripeProduct) return;
    product.touchedInStripe = true;
    const { stripe } = this.simulated.world;
    const once = { idempotencyKey: randomUUID() };
    await persistently(() => stripe.products.update(stripeProduct, { default_price: priceId ?? '' }, once));
  }

  private async archive(product: KeptProduct, price: Stripe.Price | undefined): Promise<void> {
    if (!price) return;
    product.touchedInStripe = true;
    const { stripe } = this.simulated.world;
    const once = { idempotencyKey: randomUUID() };
    const done = await persistently(() => stripe.prices.update(price.id, { active: false }, once));
    if (done) product.archivedInStripe.add(price.id);
  }

  /** What Stripe's Dashboard does when somebody edits a price: another one takes its place, and the old one is archived. */
  private async editInDashboard(product: KeptProduct, cents: number): Promise<void> {
    const old = (await this.prices(product))[0];
    if (!old) return;
    const made = await this.makePrice(product, { cents, isDefault: true });
    if (made) await this.archive(product, old);
  }

  private next(): number {
    return (this.counter += 1);
  }

  /** No two amounts of a history are the same. */
  private amount(low: number): number {
    return this.next() * 1000 + low;
  }
}
