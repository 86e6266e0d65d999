import MONEY_SECTION from '@salesforce/label/c.Discount_And_Tax';
import TEXT_SECTION from '@salesforce/label/c.Footer_And_Custom_Fields';
import SCHEDULE_SECTION from '@salesforce/label/c.Send_By_Itself';
import DISCOUNT from '@salesforce/label/c.Discount';
import NO_DISCOUNT from '@salesforce/label/c.No_Discount';
import IN_PERCENT from '@salesforce/label/c.In_Percent';
import BY_AMOUNT from '@salesforce/label/c.By_Amount';
import PERCENT from '@salesforce/label/c.Percent';
import PERCENT_RANGE from '@salesforce/label/c.Percent_Range';
import TAX_RATE from '@salesforce/label/c.Tax_Rate';
import TAX_RATE_HELP from '@salesforce/label/c.Tax_Rate_Help';
import NO_TAX from '@salesforce/label/c.No_Tax';
import ARCHIVED from '@salesforce/label/c.Archived';
import NO_TAX_RATES from '@salesforce/label/c.No_Tax_Rates';
import FOOTER from '@salesforce/label/c.Footer';
import FOOTER_HELP from '@salesforce/label/c.Footer_Help';
import CUSTOM_FIELDS from '@salesforce/label/c.Custom_Fields';
import CUSTOM_FIELDS_HELP from '@salesforce/label/c.Custom_Fields_Help';
import FIELD_NAME from '@salesforce/label/c.Field_Name';
import FIELD_VALUE from '@salesforce/label/c.Field_Value';
import ADD_FIELD from '@salesforce/label/c.Add_Field';
import REMOVE from '@salesforce/label/c.Remove';
import FINALIZE_ON from '@salesforce/label/c.Finalize_And_Send_On';
import FINALIZE_ON_HELP from '@salesforce/label/c.Finalize_And_Send_On_Help';
import DAY_PAST from '@salesforce/label/c.Due_Date_Past';

export const LABELS = {
  moneySection: MONEY_SECTION,
  textSection: TEXT_SECTION,
  scheduleSection: SCHEDULE_SECTION,
  discount: DISCOUNT,
  percent: PERCENT,
  percentRange: PERCENT_RANGE,
  taxRate: TAX_RATE,
  taxRateHelp: TAX_RATE_HELP,
  noTax: NO_TAX,
  archived: ARCHIVED,
  noTaxRates: NO_TAX_RATES,
  footer: FOOTER,
  footerHelp: FOOTER_HELP,
  customFields: CUSTOM_FIELDS,
  customFieldsHelp: CUSTOM_FIELDS_HELP,
  fieldName: FIELD_NAME,
  fieldValue: FIELD_VALUE,
  addField: ADD_FIELD,
  remove: REMOVE,
  finalizeOn: FINALIZE_ON,
  finalizeOnHelp: FINALIZE_ON_HELP,
  dayPast: DAY_PAST,
};

export const KINDS = [
  { label: NO_DISCOUNT, value: 'none' },
  { label: IN_PERCENT, value: 'percent' },
  { label: BY_AMOUNT, value: 'amount' },
];
