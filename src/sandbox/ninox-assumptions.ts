/*
 * What the stand-in does where Ninox documents nothing, or where what is known of it contradicts itself. All such
 * choices are here, so that one look at the real service can settle them in one place.
 */

/** Statuses and texts of refusals. The form `{"message": ...}` is known; these texts, unless noted, are not. */
export const refusals = {
  noKey: { status: 401, message: 'Unauthorized' },
  /** The text is known. That a team which exists but is not the key's looks the same is a guess. */
  team: { status: 404, message: 'Team Not Found' },
  database: { status: 404, message: 'Database Not Found' },
  table: { status: 404, message: 'Table Not Found' },
  /** Known for a record that was deleted before; taken for every other record that is not there. */
  record: { status: 404, message: 'Not Found' },
  file: { status: 404, message: 'Not Found' },
  /** Known. */
  endpoint: { status: 404, message: 'End-point not found' },
  /** A record id that is no whole number from 1 is answered like one that does not exist. */
  malformedRecordId: { status: 404, message: 'Not Found' },
  malformedBody: { status: 400, message: 'Invalid JSON' },
  malformedUpload: { status: 400, message: 'No file uploaded' },
  tooLarge: { status: 413, message: 'Payload Too Large' },
} as const;

/** Known is that a write with an unknown field answers 500; the text and the status for other wrong values are not. */
export const invalidWriteStatus = 500;

/** A script that Ninox would refuse too, e.g. for an unknown table. */
export const scriptErrorStatus = 500;

/** A script that Ninox might understand and the stand-in does not: 501, which Ninox itself never answers. */
export const scriptUnsupportedStatus = 501;

export const paging = {
  defaultPerPage: 100,
  /** 1,000 were seen to be given; the true ceiling is not known. */
  maxPerPage: 1000,
} as const;

/** A deletion answers 200; that its body is empty is a guess. Clients should take anything. */
export const deletionBody = '';

/** Known word by word; it is text, not JSON. */
export const uploadBody = 'File Uploaded Successfully';

/** Who made what was written through the API. */
export const apiUser = 'api';

/** Times inside `changes` are taken to be milliseconds since the epoch. */
export function changeTime(time: string): number {
  return Date.parse(`${time}Z`);
}

/** When a record goes, whatever pointed to it is emptied; that counts as a change of the record that pointed. */
export const clearsReferencesToDeleted = true;

/** Known is that record ids count up from 1; that the last one is not given again once its record is gone is a guess. */
export const givesIdsOnce = true;

/**
 * A record shows in its reverse fields who points to it. Known is that a relation field holds ids; that this goes for
 * the reverse side too is a guess, so clients should also do without.
 */
export const showsReverseFields = true;

/** A reference that is written with the id of no record stays empty. A guess: Ninox may refuse it or keep the id. */
export const dropsDanglingReferences = true;
