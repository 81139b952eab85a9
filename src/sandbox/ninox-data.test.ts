import { describe, expect, it } from 'vitest';
import { createSampleData, sampleIds } from './ninox-data.ts';
import { fieldTypes, type NinoxDatabase, type NinoxField, type NinoxTable } from './ninox-model.ts';

const data = createSampleData(new Date('2026-03-10T09:30:00Z'));
const databases = data.teams.flatMap((team) => team.databases);
const tables = databases.flatMap((database) => database.tables.map((table) => ({ database, table })));
const fields = tables.flatMap(({ database, table }) => table.fields.map((field) => ({ database, table, field })));
const recordsOf = (table: NinoxTable) => [...table.records.values()];

function findRecord(databaseId: string, { table, record }: { table: string; record: number }) {
  const database = databases.find(({ id }) => id === databaseId);
  return database?.tables.find(({ id }) => id === table)?.records.get(record)?.fields;
}

describe('the sample company', () => {
  it('is new with every call', () => {
    const [first, second] = [createSampleData(), createSampleData()];
    first.teams[0]?.databases[0]?.tables[0]?.records.clear();
    expect(second.teams[0]?.databases[0]?.tables[0]?.records.size).toBe(24);
  });

  it('has ids of the documented forms, each once', () => {
    for (const { id } of data.teams) expect(id).toMatch(/^[A-Za-z0-9]{17}$/);
    for (const { id } of databases) expect(id).toMatch(/^[a-z0-9]{12}$/);
    for (const { table } of tables) expect(table.id).toMatch(/^[A-Z]$/);
    const ids = [...data.teams, ...databases].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('exports exactly the ids it uses', () => {
    const { company, workshop, south } = sampleIds;
    const used = data.teams.map((team) => [team.id, ...team.databases.map(({ id }) => id)]);
    expect([company, workshop, south].map((ids) => Object.values(ids))).toEqual(used);
  });

  it('has tables of a useful size and fields of many types', () => {
    for (const { table } of tables) {
      expect([table.name, table.records.size >= 8 && table.records.size <= 60]).toEqual([table.name, true]);
      expect([table.name, table.fields.length >= 3 && table.fields.length <= 8]).toEqual([table.name, true]);
      expect(table.nextId).toBe(table.records.size + 1);
    }
    expect(new Set(fields.map(({ field }) => field.type))).toEqual(new Set(fieldTypes));
  });

  it('shares one database name between two teams, and no other', () => {
    const names = databases.map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual(['Inventory']);
  });

  it('ties references and reverse fields to each other', () => {
    for (const { database, table, field } of fields) {
      if (field.type === 'ref')
        expect(otherEnd(database, field.referenceToTable, field.reverseField)).toMatchObject({
          type: 'rev',
          referenceFromTable: table.id,
          referenceFromField: field.id,
        });
      if (field.type === 'rev')
        expect(otherEnd(database, field.referenceFromTable, field.referenceFromField)).toMatchObject({
          type: 'ref',
          referenceToTable: table.id,
          reverseField: field.id,
        });
    }
  });

  it('points only to records that exist, and uses only choices that exist', () => {
    for (const { database, table, field } of fields) {
      const values = recordsOf(table).flatMap((record) => record.fields.get(field.name) ?? []);
      const target = database.tables.find(({ id }) => id === field.referenceToTable);
      if (field.type === 'ref') expect(values.filter((id) => !target?.records.has(Number(id)))).toEqual([]);
      const captions = field.choices?.map(({ caption }) => caption) ?? values;
      expect(values.filter((value) => !captions.some((caption) => caption === value))).toEqual([]);
    }
  });

  it('counts sequences without a gap, in the order of the changes', () => {
    for (const database of databases) {
      const records = database.tables.flatMap(recordsOf).sort((left, right) => left.sequence - right.sequence);
      expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, at) => at + 1));
      expect(database.sequence).toBe(records.length);
      const times = records.map(({ modifiedAt }) => modifiedAt);
      expect(times).toEqual([...times].sort());
    }
  });

  it('writes nothing in the future and always something yesterday', () => {
    const records = tables.flatMap(({ table }) => recordsOf(table));
    expect(
      records.filter(({ createdAt, modifiedAt }) => createdAt > modifiedAt || modifiedAt > '2026-03-10T09:30:00'),
    ).toEqual([]);
    const crm = databases.find(({ id }) => id === sampleIds.company.crm);
    const activities = crm?.tables.find(({ name }) => name === 'Activities');
    expect(
      activities === undefined
        ? []
        : recordsOf(activities).filter(({ createdAt }) => createdAt.startsWith('2026-03-09')),
    ).toHaveLength(3);
  });

  it('uses only addresses that belong to nobody', () => {
    const values = tables.flatMap(({ table }) =>
      recordsOf(table).flatMap((record) => [...record.fields.values()].map(String)),
    );
    expect(values.filter((value) => value.includes('@') && !/^[a-z.]+@example\.com$/.test(value))).toEqual([]);
    expect(values.filter((value) => value.startsWith('http') && !value.endsWith('.example.com'))).toEqual([]);
    expect(
      values.filter((value) => value.startsWith('+') && !/^\+(49 30 23125 \d{3}|44 20 7946 0\d{3})$/.test(value)),
    ).toEqual([]);
  });

  it('has a record to try a deletion on: with a link, with others that point to it, with files and a formula', () => {
    const crm = databases.find(({ id }) => id === sampleIds.company.crm);
    const contacts = crm?.tables.find(({ id }) => id === sampleIds.obsolete.contact.table);
    const record = contacts?.records.get(sampleIds.obsolete.contact.record);
    expect(record?.fields.get('Company')).toBe(5);
    expect(record?.files.map(({ name, sequence }) => [name, sequence])).toEqual([
      ['business-card.txt', record?.sequence],
      ['fair-notes.txt', record?.sequence],
    ]);
    const activities = crm?.tables.find(({ name }) => name === 'Activities');
    const pointing =
      activities === undefined ? [] : recordsOf(activities).filter(({ fields }) => fields.get('Contact') === 12);
    expect(pointing.map(({ id }) => id)).toEqual([14, 54]);
    expect(contacts?.fields.map(({ type }) => type)).toContain('formula');
  });

  it('names the records that may go', () => {
    const { company, workshop, south, obsolete } = sampleIds;
    const contact = findRecord(company.crm, obsolete.contact);
    expect(contact?.get('Note')).toMatch(/Duplicate of contact 5/);
    expect(contact?.get('Email')).toBe(findRecord(company.crm, { table: 'B', record: 5 })?.get('Email'));
    expect(findRecord(company.crm, obsolete.company)?.get('Name')).toMatch(/^TEST/);
    expect(findRecord(workshop.inventory, obsolete.article)?.get('Remark')).toMatch(/discontinued/);
    expect(findRecord(south.customers, obsolete.customer)?.get('Name')).toMatch(/^Testkunde/);
  });
});

function otherEnd(database: NinoxDatabase, table?: string, field?: string): NinoxField | undefined {
  return database.tables.find(({ id }) => id === table)?.fields.find(({ id }) => id === field);
}
