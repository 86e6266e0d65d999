/** As InvoiceOptions.Input of Apex, with what was typed as text. */
export const NO_OPTIONS = {
  discountPercent: null,
  discountAmount: null,
  taxRateId: null,
  footer: null,
  customFields: [],
  finalizeOn: null,
};

export function lineInput({ lineId, productId, description, unitPrice, quantity }) {
  return {
    lineId: lineId ?? null,
    productId: productId ?? null,
    description: description || null,
    unitPrice: Number(unitPrice),
    quantity: Number(quantity),
  };
}

export function optionsInput({
  discountPercent,
  discountAmount,
  taxRateId,
  footer,
  customFields,
  finalizeOn,
}) {
  return {
    discountPercent: typed(discountPercent),
    discountAmount: typed(discountAmount),
    taxRateId: taxRateId || null,
    footer: footer?.trim() || null,
    customFields: customFields.map(({ name, value }) => ({ name, value })),
    finalizeOn: finalizeOn || null,
  };
}

function typed(number) {
  return number === null || number === '' ? null : Number(number);
}
