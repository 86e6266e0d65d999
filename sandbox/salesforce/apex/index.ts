import type { ApexMethod } from './context.ts';

/** The sandbox's twins of the Apex classes in salesforce-metadata/classes: class name, then method name. */
export const apexClasses: Record<string, Record<string, ApexMethod>> = {};
