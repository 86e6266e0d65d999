import { join } from 'node:path';
import { metadataFiles, readXml, text } from '../schema/metadataXml.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import type { Schema } from '../schema/schema.ts';

export type Topic = {
  name: string;
  /** API names of the objects whose changes it carries. */
  entities: ReadonlySet<string>;
  /** The only object it can carry, whatever is selected. */
  single?: ObjectSchema;
};

const standardChannel = 'ChangeEvents';

/** Change data capture as it is set up: what each channel carries, from platformEventChannels and their members. */
export class Channels {
  readonly #schema: Schema;
  readonly #selected: Map<string, Set<string>>;

  constructor(schema: Schema, selected: Map<string, Set<string>>) {
    this.#schema = schema;
    this.#selected = selected;
  }

  /** Changes of an object that no channel selects make no events. */
  captures(objectName: string): boolean {
    return [...this.#selected.values()].some((entities) => entities.has(objectName));
  }

  /** A channel, or the stream of one object: /data/ChangeEvents, /data/Sales__chn, /data/Invoice__ChangeEvent. */
  topic(name: string): Topic | undefined {
    const channel = /^\/data\/(\w+)$/.exec(name)?.[1];
    if (!channel) return undefined;
    const entities = this.#selected.get(channel);
    if (entities) return { name, entities };
    const single = this.#schema.objects.find((object) => eventName(object.name) === channel);
    if (!single) return undefined;
    // The stream of one object belongs to the standard channel: selecting it on a custom channel only leaves it empty.
    const selected = this.#selected.get(standardChannel)!.has(single.name);
    return { name, entities: new Set(selected ? [single.name] : []), single };
  }

  get captured(): string[] {
    return [...new Set([...this.#selected.values()].flatMap((entities) => [...entities]))];
  }
}

export function readChannels(metadataDir: string, schema: Schema): Channels {
  const custom = metadataFiles(join(metadataDir, 'platformEventChannels'), '.platformEventChannel-meta.xml')
    .filter(([, path]) => text(readXml(path), 'channelType') === 'data')
    .map(([name]) => name);
  const selected = new Map([standardChannel, ...custom].map((name) => [name, new Set<string>()]));
  const members = metadataFiles(
    join(metadataDir, 'platformEventChannelMembers'),
    '.platformEventChannelMember-meta.xml',
  );
  for (const [member, path] of members) {
    const node = readXml(path);
    const channel = text(node, 'eventChannel') ?? '';
    const entity = text(node, 'selectedEntity') ?? '';
    const object = schema.objects.find(({ name }) => eventName(name) === entity);
    const entities = selected.get(channel);
    if (!object || !entities)
      throw new Error(
        `${member} selects ${entity} for the channel ${channel}; one of them is not in the org.`,
      );
    entities.add(object.name);
  }
  return new Channels(schema, selected);
}

/** Account has AccountChangeEvent, Invoice__c has Invoice__ChangeEvent. */
export function eventName(objectName: string): string {
  return objectName.endsWith('__c')
    ? objectName.replace(/__c$/, '__ChangeEvent')
    : `${objectName}ChangeEvent`;
}
