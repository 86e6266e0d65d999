import { refused } from '../api/errors.ts';
import { notInSandbox } from '../api/parameters.ts';
import { chargeStep, maximumCharge, minimumCharge } from '../currencies.ts';
import { formatMoney } from '../pages/money.ts';

export function refuseUnchargeable(amount: number, code: string): void {
  const [least, most, step] = [minimumCharge(code), maximumCharge(code), chargeStep(code)];
  if (amount < least)
    throw refused(`Amount must be at least ${formatMoney(least, code)} ${code}`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  if (amount > most)
    throw refused(`Amount must be no more than ${formatMoney(most, code)} ${code}`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  if (amount % step !== 0)
    throw refused(`Invalid amount: in ${code.toUpperCase()} it must be divisible by ${step}.`, {
      param: 'amount',
    });
}

/** The sandbox charges cards only. */
export function refuseOtherTypes(types: readonly string[] | undefined): void {
  const index = (types ?? []).findIndex((type) => type !== 'card');
  if (index >= 0) throw notInSandbox(`allowed_payment_method_types[${index}]: ${types![index]}`);
}
