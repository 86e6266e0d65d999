import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder, sourceFiles, type Places } from './places.ts';

/** Modules under `lightning/` that exist only on the platform and that this folder stands in for. */
export const standIns = [
  'actions',
  'empApi',
  'navigation',
  'platformShowToastEvent',
  'quickActionPanel',
  'uiObjectInfoApi',
  'uiRecordApi',
];

/**
 * What the vendor build always holds, so that a component which starts to use another usual base component does
 * not cost a vendor build of half a minute. Anything else from the package is added when a source names it.
 */
const usual = [
  'accordion',
  'accordionSection',
  'alert',
  'avatar',
  'badge',
  'button',
  'buttonGroup',
  'buttonIcon',
  'buttonMenu',
  'buttonStateful',
  'card',
  'checkboxGroup',
  'combobox',
  'confirm',
  'datatable',
  'dualListbox',
  'dynamicIcon',
  'focusTrap',
  'formattedAddress',
  'formattedDateTime',
  'formattedEmail',
  'formattedNumber',
  'formattedPhone',
  'formattedText',
  'formattedTime',
  'formattedUrl',
  'groupedCombobox',
  'helptext',
  'icon',
  'input',
  'layout',
  'layoutItem',
  'menuDivider',
  'menuItem',
  'menuSubheader',
  'modal',
  'modalBody',
  'modalFooter',
  'modalHeader',
  'pill',
  'pillContainer',
  'progressBar',
  'progressIndicator',
  'progressRing',
  'progressStep',
  'prompt',
  'radioGroup',
  'relativeDateTime',
  'spinner',
  'tab',
  'tabset',
  'textarea',
  'tile',
  'toast',
  'toastContainer',
];

/** Names of the base components to build: the usual ones and all that the sources use. */
export function baseComponents(places: Places): string[] {
  const names = new Set(usual);
  const sources = [places.components, join(places.page, 'modules'), join(places.page, 'shims')];
  for (const file of sources.flatMap((folder) => sourceFiles(folder, 'js,html'))) {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.html')) {
      for (const [, tag] of text.matchAll(/<lightning-([a-z0-9-]+)/g)) names.add(camelCase(tag!));
    } else {
      for (const [, name] of text.matchAll(/['"]lightning\/(\w+)['"]/g)) names.add(name!);
    }
  }
  const wanted = [...names].filter((name) => !standIns.includes(name)).sort();
  const missing = wanted.filter((name) => !existsSync(baseComponentFile(name)));
  if (missing.length > 0) {
    const list = missing.map((name) => `lightning/${name}`).join(', ');
    throw new Error(
      `Neither lightning-base-components nor sandbox/page/shims has ${list}. Use another component, or add a stand-in.`,
    );
  }
  return wanted;
}

export function baseComponentFile(name: string): string {
  return join(packageFolder('lightning-base-components'), 'src/lightning', name, `${name}.js`);
}

function camelCase(tag: string): string {
  return tag.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
