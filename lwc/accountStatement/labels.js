import ACCOUNT_STATEMENT from '@salesforce/label/c.Account_Statement';
import STATEMENT_OF from '@salesforce/label/c.Statement_Of';
import STATEMENT_PERIOD from '@salesforce/label/c.Statement_Period';
import THIS_MONTH from '@salesforce/label/c.This_Month';
import LAST_MONTH from '@salesforce/label/c.Last_Month';
import LAST_90_DAYS from '@salesforce/label/c.Last_90_Days';
import THIS_YEAR from '@salesforce/label/c.This_Year';
import CUSTOM_PERIOD from '@salesforce/label/c.Custom_Period';
import STATEMENT_FROM from '@salesforce/label/c.Statement_From';
import STATEMENT_TO from '@salesforce/label/c.Statement_To';
import STATEMENT_DAYS_HELP from '@salesforce/label/c.Statement_Days_Help';
import STATEMENT_BACKWARDS from '@salesforce/label/c.Statement_Backwards';
import STATEMENT_FUTURE from '@salesforce/label/c.Statement_Future';
import STATEMENT_WHAT_HAPPENS from '@salesforce/label/c.Statement_What_Happens';
import CREATE_STATEMENT from '@salesforce/label/c.Create_Statement';
import STATEMENT_MAKING from '@salesforce/label/c.Statement_Making';
import STATEMENT_GOES_ON from '@salesforce/label/c.Statement_Goes_On';
import CHECK_AGAIN from '@salesforce/label/c.Check_Again';
import OPEN_STATEMENT from '@salesforce/label/c.Open_Statement';

export const LABELS = {
  title: ACCOUNT_STATEMENT,
  of: STATEMENT_OF,
  period: STATEMENT_PERIOD,
  thisMonth: THIS_MONTH,
  lastMonth: LAST_MONTH,
  last90Days: LAST_90_DAYS,
  thisYear: THIS_YEAR,
  custom: CUSTOM_PERIOD,
  from: STATEMENT_FROM,
  to: STATEMENT_TO,
  daysHelp: STATEMENT_DAYS_HELP,
  backwards: STATEMENT_BACKWARDS,
  future: STATEMENT_FUTURE,
  whatHappens: STATEMENT_WHAT_HAPPENS,
  create: CREATE_STATEMENT,
  making: STATEMENT_MAKING,
  goesOn: STATEMENT_GOES_ON,
  checkAgain: CHECK_AGAIN,
  open: OPEN_STATEMENT,
};
