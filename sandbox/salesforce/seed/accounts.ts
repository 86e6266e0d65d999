type SeedAccount = {
  name: string;
  industry: string;
  phone: string;
  website: string;
  billingEmail?: string;
  street: string;
  city: string;
  state?: string;
  postalCode: string;
  country: string;
  contacts: { firstName: string; lastName: string; title: string; email?: string; phone?: string }[];
};

/** Invented companies. Phone numbers and domains are ones that are reserved for examples. */
export const seedAccounts: SeedAccount[] = [
  {
    name: 'Harborview Dental Group',
    industry: 'Healthcare',
    phone: '(206) 555-0142',
    website: 'https://www.harborviewdental.example',
    billingEmail: 'accounts@harborviewdental.example',
    street: '418 Pier Street, Suite 200',
    city: 'Seattle',
    state: 'WA',
    postalCode: '98104',
    country: 'United States',
    contacts: [
      {
        firstName: 'Marisol',
        lastName: 'Vega',
        title: 'Office Manager',
        email: 'marisol.vega@harborviewdental.example',
      },
      {
        firstName: 'Theo',
        lastName: 'Lindqvist',
        title: 'Practice Owner',
        email: 'theo@harborviewdental.example',
      },
    ],
  },
  {
    name: 'Copper Kettle Catering',
    industry: 'Food & Beverage',
    phone: '(503) 555-0117',
    website: 'https://copperkettle.example',
    billingEmail: 'invoices@copperkettle.example',
    street: '77 Alder Avenue',
    city: 'Portland',
    state: 'OR',
    postalCode: '97205',
    country: 'United States',
    contacts: [
      { firstName: 'Dana', lastName: 'Okafor', title: 'Head of Events', email: 'dana@copperkettle.example' },
    ],
  },
  {
    name: 'Northlight Architecture',
    industry: 'Construction',
    phone: '(612) 555-0190',
    website: 'https://northlight-architecture.example',
    billingEmail: 'finance@northlight-architecture.example',
    street: '1200 Foundry Lane',
    city: 'Minneapolis',
    state: 'MN',
    postalCode: '55401',
    country: 'United States',
    contacts: [
      {
        firstName: 'Priya',
        lastName: 'Raman',
        title: 'Finance Director',
        email: 'priya.raman@northlight-architecture.example',
      },
      {
        firstName: 'Owen',
        lastName: 'Baird',
        title: 'Principal',
        email: 'owen.baird@northlight-architecture.example',
      },
    ],
  },
  {
    name: 'Saltmarsh Veterinary Clinic',
    industry: 'Healthcare',
    phone: '(843) 555-0163',
    website: 'https://saltmarshvets.example',
    billingEmail: 'desk@saltmarshvets.example',
    street: '9 Causeway Road',
    city: 'Charleston',
    state: 'SC',
    postalCode: '29401',
    country: 'United States',
    contacts: [
      {
        firstName: 'June',
        lastName: 'Halloran',
        title: 'Practice Manager',
        email: 'june@saltmarshvets.example',
      },
    ],
  },
  {
    name: 'Bluestem Seed Cooperative',
    industry: 'Agriculture',
    phone: '(785) 555-0128',
    website: 'https://bluestemseed.example',
    billingEmail: 'payables@bluestemseed.example',
    street: '3300 Elevator Road',
    city: 'Salina',
    state: 'KS',
    postalCode: '67401',
    country: 'United States',
    contacts: [
      {
        firstName: 'Earl',
        lastName: 'Novotny',
        title: 'General Manager',
        email: 'earl@bluestemseed.example',
      },
      { firstName: 'Kay', lastName: 'Brandt', title: 'Bookkeeper', email: 'kay@bluestemseed.example' },
    ],
  },
  {
    name: 'Paper Lantern Books',
    industry: 'Retail',
    phone: '(802) 555-0175',
    website: 'https://paperlanternbooks.example',
    billingEmail: 'hello@paperlanternbooks.example',
    street: '56 Church Street',
    city: 'Burlington',
    state: 'VT',
    postalCode: '05401',
    country: 'United States',
    contacts: [
      { firstName: 'Imogen', lastName: 'Pratt', title: 'Owner', email: 'imogen@paperlanternbooks.example' },
    ],
  },
  {
    name: 'Meridian Freight Partners',
    industry: 'Transportation',
    phone: '(901) 555-0136',
    website: 'https://meridianfreight.example',
    billingEmail: 'ap@meridianfreight.example',
    street: '2500 Depot Boulevard',
    city: 'Memphis',
    state: 'TN',
    postalCode: '38106',
    country: 'United States',
    contacts: [
      {
        firstName: 'Luis',
        lastName: 'Carrera',
        title: 'Controller',
        email: 'luis.carrera@meridianfreight.example',
      },
      {
        firstName: 'Wanda',
        lastName: 'Stokes',
        title: 'Accounts Payable',
        email: 'wanda.stokes@meridianfreight.example',
      },
    ],
  },
  {
    name: 'Thistle & Thorn Florists',
    industry: 'Retail',
    phone: '+44 131 496 0181',
    website: 'https://thistleandthorn.example',
    billingEmail: 'accounts@thistleandthorn.example',
    street: '14 Grassmarket',
    city: 'Edinburgh',
    postalCode: 'EH1 2JU',
    country: 'United Kingdom',
    contacts: [
      { firstName: 'Fiona', lastName: 'Drummond', title: 'Owner', email: 'fiona@thistleandthorn.example' },
    ],
  },
  {
    name: 'Waldrand Möbelwerkstatt',
    industry: 'Manufacturing',
    phone: '+49 30 23125 018',
    website: 'https://waldrand-moebel.example',
    billingEmail: 'buchhaltung@waldrand-moebel.example',
    street: 'Tischlergasse 8',
    city: 'Freiburg im Breisgau',
    postalCode: '79098',
    country: 'Germany',
    contacts: [
      {
        firstName: 'Jörg',
        lastName: 'Zimmermann',
        title: 'Geschäftsführer',
        email: 'j.zimmermann@waldrand-moebel.example',
      },
      {
        firstName: 'Änne',
        lastName: 'Krüger',
        title: 'Buchhaltung',
        email: 'a.krueger@waldrand-moebel.example',
      },
    ],
  },
  {
    // Only its contact has an address to send an invoice to.
    name: 'Cedar Hollow Music School',
    industry: 'Education',
    phone: '(615) 555-0154',
    website: 'https://cedarhollowmusic.example',
    street: '230 Sycamore Court',
    city: 'Nashville',
    state: 'TN',
    postalCode: '37203',
    country: 'United States',
    contacts: [
      { firstName: 'Bea', lastName: 'Fontaine', title: 'Director', email: 'bea@cedarhollowmusic.example' },
    ],
  },
  {
    name: 'Redwood Trail Outfitters',
    industry: 'Recreation',
    phone: '(707) 555-0109',
    website: 'https://redwoodtrail.example',
    billingEmail: 'billing@redwoodtrail.example',
    street: '801 Second Street',
    city: 'Eureka',
    state: 'CA',
    postalCode: '95501',
    country: 'United States',
    contacts: [
      { firstName: 'Cole', lastName: 'Whitaker', title: 'Store Manager', email: 'cole@redwoodtrail.example' },
    ],
  },
  {
    // No e-mail address anywhere: an invoice can be raised, but not be sent before one is filled in.
    name: 'Quarry Lane Landscaping',
    industry: 'Construction',
    phone: '(614) 555-0187',
    website: 'https://quarrylane.example',
    street: '12 Quarry Lane',
    city: 'Columbus',
    state: 'OH',
    postalCode: '43215',
    country: 'United States',
    contacts: [
      { firstName: 'Gus', lastName: 'Petrakis', title: 'Owner', phone: '(614) 555-0188' },
      { firstName: 'Mo', lastName: 'Petrakis', title: 'Crew Lead', phone: '(614) 555-0189' },
    ],
  },
];
