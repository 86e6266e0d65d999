import { parseQuery } from '@jetstreamapp/soql-parser-js';
import type { Query } from '@jetstreamapp/soql-parser-js';
import { OrgError } from '../orgError.ts';

/** The parsed query, or MALFORMED_QUERY naming the token that could not be understood. */
export function parseSoql(text: string): Query {
  try {
    return parseQuery(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const found = /but found(?: -->|:) '?([^'\n]*?)'?(?: <--|$)/m.exec(message)?.[1]?.trim();
    const character = /unexpected character: ->(.)<- at offset: (\d+)/.exec(message);
    if (character?.[1] === "'")
      throw malformed(`line 1:${text.length} mismatched character '<EOF>' expecting '''`);
    if (character)
      throw malformed(`line 1:${character[2]} no viable alternative at character '${character[1]}'`);
    throw malformed(found ? `unexpected token: '${found}'` : "unexpected token: '<EOF>'");
  }
}

function malformed(message: string): OrgError {
  return new OrgError('MALFORMED_QUERY', message);
}
