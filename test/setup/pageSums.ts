import { pageModule } from './pageModule.ts';

export interface PageRate {
  taxRateId: string;
  name: string;
  percentage: number;
  inclusive: boolean;
}

export interface PageOptions {
  discountPercent: string | number | null;
  discountAmount: string | number | null;
  taxRateId: string | null;
}

interface PageLine {
  unitPrice: string | number;
  quantity: string | number;
  taxRateId?: string | null;
}

/** What the page previews of a draft, in minor units. */
export const { invoiceSums } = pageModule('invoiceSums') as {
  invoiceSums(
    draft: { lines: PageLine[]; options: PageOptions; taxRates: PageRate[] },
    decimals: number,
  ): { subtotal: bigint; discount: bigint; taxes: { name: string; amount: bigint }[]; total: bigint };
};
