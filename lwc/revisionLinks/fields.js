import LATEST from '@salesforce/schema/Invoice__c.Latest_Revision__c';
import LATEST_NAME from '@salesforce/schema/Invoice__c.Latest_Revision__r.Name';
import LATEST_NUMBER from '@salesforce/schema/Invoice__c.Latest_Revision__r.Number__c';
import EARLIER from '@salesforce/schema/Invoice__c.Revision_Of__c';
import EARLIER_NAME from '@salesforce/schema/Invoice__c.Revision_Of__r.Name';
import EARLIER_NUMBER from '@salesforce/schema/Invoice__c.Revision_Of__r.Number__c';

export const FIELDS = {
  latest: { id: LATEST, name: LATEST_NAME, number: LATEST_NUMBER },
  earlier: { id: EARLIER, name: EARLIER_NAME, number: EARLIER_NUMBER },
};

export const FIELD_LIST = Object.values(FIELDS).flatMap((one) => Object.values(one));
