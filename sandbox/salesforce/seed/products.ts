type SeedProduct = { name: string; code: string; description: string; price: number };

/** What the sandbox company sells; whole amounts and odd cents. */
export const seedProducts: SeedProduct[] = [
  {
    name: 'Onboarding Workshop',
    code: 'SVC-ONB',
    description: 'Two half days with your team, remote or on site.',
    price: 1500,
  },
  {
    name: 'Consulting Hour',
    code: 'SVC-CON',
    description: 'Work by the hour, billed to the quarter hour.',
    price: 165,
  },
  { name: 'Training Seat', code: 'SVC-TRN', description: 'One seat in an open training day.', price: 349.5 },
  {
    name: 'Data Migration',
    code: 'SVC-MIG',
    description: 'Import of up to 50,000 records from the old system.',
    price: 2400,
  },
  { name: 'Starter Plan, Monthly', code: 'SUB-STA', description: 'Up to five users.', price: 49.99 },
  { name: 'Team Plan, Monthly', code: 'SUB-TEA', description: 'Up to 25 users.', price: 199.95 },
  {
    name: 'Additional User, Monthly',
    code: 'SUB-USR',
    description: 'One more user on any plan.',
    price: 9.37,
  },
  {
    name: 'Priority Support, Yearly',
    code: 'SUP-PRI',
    description: 'An answer within two hours on working days.',
    price: 1188,
  },
  {
    name: 'Label Printer',
    code: 'HW-PRN',
    description: 'Thermal printer with a roll of labels.',
    price: 219.01,
  },
  {
    name: 'Barcode Scanner',
    code: 'HW-SCN',
    description: 'Hand-held scanner with a charging cradle.',
    price: 87.63,
  },
];
