/** Fields that an address such as BillingAddress is made of, by what lightning-input-address calls them. */
const parts = {
  street: 'Street',
  city: 'City',
  province: 'State',
  postalCode: 'PostalCode',
  country: 'Country',
};

/** `BillingCity` and the others of `BillingAddress`, by part. */
export function addressFields(addressField) {
  const prefix = addressField.replace(/Address$/, '');
  return Object.fromEntries(Object.entries(parts).map(([part, suffix]) => [part, `${prefix}${suffix}`]));
}

/** Parts of an address that a record has; undefined when all are empty. */
export function addressOf(record, addressField) {
  const entries = Object.entries(addressFields(addressField));
  const address = Object.fromEntries(
    entries.map(([part, field]) => [part, record?.fields[field]?.value ?? '']),
  );
  return Object.values(address).some(Boolean) ? address : undefined;
}
