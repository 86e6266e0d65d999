import { child, list, text } from '../schema/metadataXml.ts';
import type { XmlNode } from '../schema/metadataXml.ts';

/** Shown only while it holds; numbers in the filter are those of the criteria, from 1. Without a filter all have to hold. */
export interface VisibilityRule {
  booleanFilter?: string;
  criteria: { leftValue: string; operator: string; rightValue: string }[];
}
export interface PageField {
  field: string;
  behavior: 'none' | 'readonly' | 'required';
  visibilityRule?: VisibilityRule;
}
export interface PageComponent {
  name: string;
  properties: Record<string, string>;
  visibilityRule?: VisibilityRule;
  /** Of a section of fields: what stands in each of its columns. */
  columns?: PageField[][];
}
export interface PageRegion {
  name: string;
  components: PageComponent[];
}

/** The regions of a flexipage. Sections of fields (Dynamic Forms) come with the fields of the facets that they name. */
export function pageRegions(page: XmlNode): PageRegion[] {
  const regions = list(page, 'flexiPageRegions');
  const facets = new Map(regions.map((region) => [text(region, 'name') ?? '', region]));
  return regions
    .filter((region) => text(region, 'type') === 'Region')
    .map((region) => ({
      name: text(region, 'name') ?? '',
      components: instances(region, 'componentInstance').map((instance) => component(instance, facets)),
    }));
}

function component(instance: XmlNode, facets: Map<string, XmlNode>): PageComponent {
  const name = text(instance, 'componentName') ?? '';
  const properties = propertiesOf(instance, 'componentInstanceProperties');
  const shown = { name, properties, ...ruleOf(instance) };
  if (name !== 'flexipage:fieldSection') return shown;
  const columns = instances(facets.get(properties['columns'] ?? ''), 'componentInstance').map((column) => {
    const { body = '' } = propertiesOf(column, 'componentInstanceProperties');
    return instances(facets.get(body), 'fieldInstance').map(field);
  });
  return { ...shown, columns };
}

function field(instance: XmlNode): PageField {
  const { uiBehavior = 'none' } = propertiesOf(instance, 'fieldInstanceProperties');
  return {
    field: (text(instance, 'fieldItem') ?? '').replace(/^Record\./, ''),
    behavior: uiBehavior as PageField['behavior'],
    ...ruleOf(instance),
  };
}

function ruleOf(instance: XmlNode): { visibilityRule?: VisibilityRule } {
  const rule = child(instance, 'visibilityRule');
  if (!rule) return {};
  const booleanFilter = text(rule, 'booleanFilter');
  const criteria = list(rule, 'criteria').map((criterion) => ({
    leftValue: text(criterion, 'leftValue') ?? '',
    operator: text(criterion, 'operator') ?? '',
    rightValue: text(criterion, 'rightValue') ?? '',
  }));
  return { visibilityRule: { ...(booleanFilter ? { booleanFilter } : {}), criteria } };
}

function instances(region: XmlNode | undefined, kind: string): XmlNode[] {
  return list(region ?? {}, 'itemInstances')
    .map((item) => child(item, kind))
    .filter((item) => item !== undefined);
}

function propertiesOf(instance: XmlNode, element: string): Record<string, string> {
  const entries = list(instance, element);
  return Object.fromEntries(entries.map((entry) => [text(entry, 'name') ?? '', text(entry, 'value') ?? '']));
}
