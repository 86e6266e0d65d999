import { join } from 'node:path';
import { child, flag, list, metadataFiles, readXml, text } from '../schema/metadataXml.ts';
import type { XmlNode } from '../schema/metadataXml.ts';
import { pageRegions, type PageRegion } from './recordPages.ts';

export type LayoutItem = { field: string; behavior: 'Edit' | 'Required' | 'Readonly' } | undefined;
export type LayoutSection = { label: string; heading: boolean; columns: LayoutItem[][] };
export type QuickAction = { apiName: string; label: string; subtype: string; lightningComponent: string };

/** What salesforce-metadata/ says about pages: layouts, quick actions and record pages. */
export class LayoutSource {
  readonly #layouts = new Map<string, XmlNode>();
  readonly #actions = new Map<string, QuickAction>();
  readonly #pages = new Map<string, PageRegion[]>();

  constructor(metadataDir: string) {
    for (const [name, path] of metadataFiles(join(metadataDir, 'layouts'), '.layout-meta.xml')) {
      // A file is named Object-Layout Name; an object has one layout here.
      const object = name.slice(0, name.indexOf('-'));
      if (!this.#layouts.has(object)) this.#layouts.set(object, readXml(path));
    }
    for (const [name, path] of metadataFiles(join(metadataDir, 'quickActions'), '.quickAction-meta.xml')) {
      const action = quickAction(name, readXml(path));
      if (action) this.#actions.set(name, action);
    }
    for (const [, path] of metadataFiles(join(metadataDir, 'flexipages'), '.flexipage-meta.xml')) {
      const page = readXml(path);
      if (text(page, 'type') === 'RecordPage')
        this.#pages.set(text(page, 'sobjectType') ?? '', pageRegions(page));
    }
  }

  /** Sections of the object's layout; undefined when it has none. */
  sections(objectName: string): LayoutSection[] | undefined {
    const layout = this.#layouts.get(objectName);
    return layout && list(layout, 'layoutSections').map(section).filter(hasItems);
  }

  /** Quick actions in the order of the layout's action list. */
  quickActions(objectName: string): QuickAction[] {
    const items = list(
      child(this.#layouts.get(objectName) ?? {}, 'platformActionList') ?? {},
      'platformActionListItems',
    );
    return items
      .filter((item) => text(item, 'actionType') === 'QuickAction')
      .sort((a, b) => Number(text(a, 'sortOrder')) - Number(text(b, 'sortOrder')))
      .flatMap((item) => this.#actions.get(text(item, 'actionName') ?? '') ?? []);
  }

  recordPage(objectName: string): PageRegion[] | undefined {
    return this.#pages.get(objectName);
  }
}

function quickAction(apiName: string, node: XmlNode): QuickAction | undefined {
  const component = text(node, 'lightningWebComponent');
  if (!component) return undefined;
  const subtype = text(node, 'actionSubtype') ?? 'ScreenAction';
  return { apiName, label: text(node, 'label') ?? apiName, subtype, lightningComponent: component };
}

function section(node: XmlNode): LayoutSection {
  const columns = [node['layoutColumns']]
    .flat()
    .map((column) => (typeof column === 'object' ? (column as XmlNode) : {}));
  return {
    label: text(node, 'label') ?? '',
    heading: flag(node, 'detailHeading'),
    columns: columns.map((column) => list(column, 'layoutItems').map(item)),
  };
}

function item(node: XmlNode): LayoutItem {
  const field = text(node, 'field');
  return field === undefined ? undefined : { field, behavior: (text(node, 'behavior') ?? 'Edit') as 'Edit' };
}

/** A section that only holds custom links has no fields. */
function hasItems({ columns }: LayoutSection): boolean {
  return columns.some((column) => column.some((entry) => entry !== undefined));
}
