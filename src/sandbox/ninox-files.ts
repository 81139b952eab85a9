import { deletionBody, refusals, uploadBody } from './ninox-assumptions.ts';
import type { NinoxFile } from './ninox-model.ts';
import { jsonReply, NinoxRefusal, type Reply, textReply } from './ninox-reply.ts';
import { findAddressed, type NinoxRequest, type NinoxRoute, paths } from './ninox-routes.ts';
import { putFile, removeFile } from './ninox-store.ts';

/** The files attached to one record. */
export const fileRoutes: readonly NinoxRoute[] = [
  {
    method: 'get',
    path: `${paths.record}/files`,
    handle: (request) => jsonReply(findAddressed(request).record.files.map(fileView)),
  },
  { method: 'post', path: `${paths.record}/files`, handle: upload },
  { method: 'get', path: `${paths.record}/files/:file`, handle: download },
  {
    method: 'get',
    path: `${paths.record}/files/:file/metadata`,
    handle: (request) => jsonReply(fileView(fileOf(request))),
  },
  { method: 'delete', path: `${paths.record}/files/:file`, handle: remove },
];

function fileView({ name, contentType, content, modifiedDate, modifiedUser, sequence }: NinoxFile): unknown {
  return { name, size: content.byteLength, contentType, modifiedDate, modifiedUser, seq: sequence };
}

function fileOf(request: NinoxRequest): NinoxFile {
  const file = findAddressed(request).record.files.find(({ name }) => name === request.params.file);
  if (file === undefined) throw new NinoxRefusal(refusals.file);
  return file;
}

async function upload(request: NinoxRequest): Promise<Reply> {
  const { place, record } = findAddressed(request);
  const form = await readForm(request);
  const file = form.get('file');
  const field = form.get('fieldName');
  if (!(file instanceof File) || file.name === '') throw new NinoxRefusal(refusals.malformedUpload);
  putFile(place.database, record, {
    name: file.name,
    contentType: /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream',
    content: new Uint8Array(await file.arrayBuffer()),
    field: typeof field === 'string' ? field : null,
  });
  return textReply(uploadBody);
}

/** The runtime's own parser of multipart bodies; it wants the body in the shape of a fetch answer. */
async function readForm({ body, contentType }: NinoxRequest): Promise<FormData> {
  try {
    return await new Response(Uint8Array.from(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new NinoxRefusal(refusals.malformedUpload);
  }
}

function download(request: NinoxRequest): Reply {
  const { contentType, content } = fileOf(request);
  const headers = {
    'content-type': contentType,
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
  };
  return { status: 200, headers, body: Buffer.from(content) };
}

function remove(request: NinoxRequest): Reply {
  const { place, record } = findAddressed(request);
  removeFile(place.database, record, fileOf(request));
  return textReply(deletionBody);
}
