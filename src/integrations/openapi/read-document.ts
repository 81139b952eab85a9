import SwaggerParser from '@apidevtools/swagger-parser';
import type { OpenAPIV3 } from 'openapi-types';
import { parse as parseYaml } from 'yaml';
import { UpstreamError } from '#integrations/upstream-error.ts';

/** A document with its references resolved; those that lead outside of it are not followed. Throws UpstreamError. */
export async function readDocument(text: string): Promise<OpenAPIV3.Document> {
  const parsed = parse(text);
  try {
    const api = await SwaggerParser.validate(parsed as OpenAPIV3.Document, {
      resolve: { external: false, file: false, http: false },
      dereference: { circular: 'ignore' },
      validate: { spec: false },
    });
    if (!('openapi' in api)) throw new Error('Swagger 2');
    return api as OpenAPIV3.Document;
  } catch {
    throw notOne('It does not hold against the OpenAPI 3 format');
  }
}

function parse(text: string): unknown {
  try {
    // JSON is YAML as well. Aliases that unfold to more than a document needs are refused.
    return parseYaml(text, { maxAliasCount: 100 });
  } catch {
    throw notOne('It is neither JSON nor YAML');
  }
}

function notOne(why: string): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_INVALID',
    `What lies at the document’s address is no OpenAPI document that can be read. ${why}. Give the address of an OpenAPI 3 document.`,
  );
}
