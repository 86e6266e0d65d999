import { isSyncFailure } from '../failure.ts';
import type { SalesforceOrg } from './connection.ts';

/** What is asked of a field in an object's describe. */
export interface DescribedField {
  name: string;
  picklistValues?: { active: boolean; value: string }[];
}

/** The fields of an object; null of one that is hidden from us: whoever reads it is told so, and other objects go on. */
export async function describeFields(org: SalesforceOrg, object: string): Promise<DescribedField[] | null> {
  try {
    const { fields } = await org.request<{ fields: DescribedField[] }>('GET', `/sobjects/${object}/describe`);
    return fields;
  } catch (error) {
    if (isSyncFailure(error) && error.code === 'crm_not_found') return null;
    throw error;
  }
}
