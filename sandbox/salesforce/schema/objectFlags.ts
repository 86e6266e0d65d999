import type { ObjectFlags } from './describeTypes.ts';

type Named = Pick<ObjectFlags, 'name' | 'label' | 'labelPlural' | 'keyPrefix' | 'custom'>;

/** The flags of an ordinary object that people can create, change, search and delete. */
export function objectFlags(named: Named): ObjectFlags {
  return {
    actionOverrides: [],
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    compactLayoutable: true,
    createable: true,
    customSetting: false,
    deepCloneable: false,
    defaultImplementation: null,
    deletable: true,
    deprecatedAndHidden: false,
    extendedBy: null,
    extendsInterfaces: null,
    feedEnabled: false,
    hasSubtypes: false,
    implementedBy: null,
    implementsInterfaces: null,
    isInterface: false,
    isSubtype: false,
    layoutable: true,
    listviewable: null,
    lookupLayoutable: null,
    mergeable: false,
    mruEnabled: true,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    queryable: true,
    recordTypeInfos: [masterRecordType],
    replicateable: true,
    retrieveable: true,
    searchLayoutable: true,
    searchable: true,
    sobjectDescribeOption: 'FULL',
    supportedScopes: [],
    triggerable: true,
    undeletable: true,
    updateable: true,
    ...named,
  };
}

/** The record type every object has when none were made; this id is the same in all orgs. */
export const masterRecordType = {
  active: true,
  available: true,
  defaultRecordTypeMapping: true,
  developerName: 'Master',
  master: true,
  name: 'Master',
  recordTypeId: '012000000000000AAA',
  urls: {},
};
