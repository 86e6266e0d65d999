import ts from 'typescript';

/** A class of stripe-node's own, which goes over the wire as a decimal string. */
export function isDecimal(type: ts.Type): boolean {
  return type.aliasSymbol?.name === 'Decimal';
}

/** stripe-node's mark of an enum to which Stripe may add values: `string & Record<never, never>`. */
export function isOtherString(type: ts.Type): boolean {
  return type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.String);
}
