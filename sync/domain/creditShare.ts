/** A line of an invoice as Stripe has it; amounts in minor units. */
export interface CreditedLine {
  amount: number;
  quantity: number;
  /** What its discounts took off. */
  discounts: number[];
  /** What is added to it; a tax that is within the amount is none of them. */
  addedTaxes: number[];
}

/** What a part of a line comes to with its share of the discounts and taxes, each rounded by itself, half a cent up. */
export function creditShare(
  line: CreditedLine,
  { quantity, amount }: { quantity?: number | undefined; amount?: number | undefined },
): number {
  const part = amount ?? share(line.amount, quantity ?? line.quantity, line.quantity);
  const all = (values: number[]) => values.reduce((sum, value) => sum + share(value, part, line.amount), 0);
  return part - all(line.discounts) + all(line.addedTaxes);
}

function share(value: number, part: number, whole: number): number {
  if (whole === 0) return 0;
  const [twice, of] = [2n * BigInt(value) * BigInt(part), BigInt(whole)];
  return Number((twice + of) / (2n * of));
}
