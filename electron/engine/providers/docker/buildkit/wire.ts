import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * Protocol buffers messages as plain objects, described by tables. As the format has it, absent fields read as their
 * defaults, defaults are not written, and unknown fields are passed over.
 */
export interface Message<T> {
  encode(value: Partial<T>): Uint8Array;
  /** Throws on bytes that are no such message. */
  decode(bytes: Uint8Array): T;
}

interface Kind<T> {
  readonly wireType: WireType;
  empty(): T;
  write(writer: BinaryWriter, value: T): void;
  read(reader: BinaryReader): T;
  isEmpty(value: T): boolean;
}

/** A numbered field. It takes what it held before, since lists and maps grow with every occurrence. */
export interface Field<T> {
  readonly number: number;
  readonly wireType: WireType;
  empty(): T;
  write(writer: BinaryWriter, value: T): void;
  read(reader: BinaryReader, before: T): T;
}

export const text: Kind<string> = {
  wireType: WireType.LengthDelimited,
  empty: () => '',
  write: (writer, value) => writer.string(value),
  read: (reader) => reader.string(),
  isEmpty: (value) => value === '',
};
export const bytes: Kind<Uint8Array> = {
  wireType: WireType.LengthDelimited,
  empty: () => new Uint8Array(),
  write: (writer, value) => writer.bytes(value),
  read: (reader) => reader.bytes(),
  isEmpty: (value) => value.length === 0,
};
export const bool: Kind<boolean> = {
  wireType: WireType.Varint,
  empty: () => false,
  write: (writer, value) => writer.bool(value),
  read: (reader) => reader.bool(),
  isEmpty: (value) => !value,
};
export const uint32: Kind<number> = {
  wireType: WireType.Varint,
  empty: () => 0,
  write: (writer, value) => writer.uint32(value),
  read: (reader) => reader.uint32(),
  isEmpty: (value) => value === 0,
};
/** For nanoseconds, which numbers cannot hold. */
export const int64: Kind<bigint> = {
  wireType: WireType.Varint,
  empty: () => 0n,
  write: (writer, value) => writer.int64(value),
  read: (reader) => BigInt(reader.int64()),
  isEmpty: (value) => value === 0n,
};
/** An int64 that is a count: exact up to 2⁵³. */
export const count: Kind<number> = {
  wireType: WireType.Varint,
  empty: () => 0,
  write: (writer, value) => writer.int64(value),
  read: (reader) => Number(reader.int64()),
  isEmpty: (value) => value === 0,
};

/** Absent is undefined, which differs from an empty message. */
export function nested<T>(inner: Message<T>): Kind<T | undefined> {
  return {
    wireType: WireType.LengthDelimited,
    empty: () => undefined,
    write: (writer, value) => writer.bytes(inner.encode(value ?? {})),
    read: (reader) => inner.decode(reader.bytes()),
    isEmpty: (value) => value === undefined,
  };
}

export function one<T>(number: number, kind: Kind<T>): Field<T> {
  return {
    number,
    wireType: kind.wireType,
    empty: kind.empty,
    write(writer, value) {
      if (!kind.isEmpty(value)) kind.write(tagged(writer, number, kind), value);
    },
    read: (reader) => kind.read(reader),
  };
}

export function many<T>(number: number, kind: Kind<T>): Field<readonly NonNullable<T>[]> {
  return {
    number,
    wireType: kind.wireType,
    empty: () => [],
    write(writer, values) {
      for (const value of values) kind.write(tagged(writer, number, kind), value);
    },
    read(reader, before) {
      const value = kind.read(reader);
      // Its own list, made by `empty` for this message.
      if (value !== undefined && value !== null) (before as NonNullable<T>[]).push(value);
      return before;
    },
  };
}

/** `map<string, string>` */
export function textMap(number: number): Field<Readonly<Record<string, string>>> {
  const entry = message({ key: one(1, text), value: one(2, text) });
  return {
    number,
    wireType: WireType.LengthDelimited,
    empty: () => ({}),
    write(writer, value) {
      for (const [key, each] of Object.entries(value)) {
        writer.tag(number, WireType.LengthDelimited).bytes(entry.encode({ key, value: each }));
      }
    },
    read: (reader, before) => {
      const { key, value } = entry.decode(reader.bytes());
      return { ...before, [key]: value };
    },
  };
}

function tagged<T>(writer: BinaryWriter, number: number, kind: Kind<T>): BinaryWriter {
  return writer.tag(number, kind.wireType);
}

type Values<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };
export type Decoded<M> = M extends Message<infer T> ? T : never;

export function message<F extends object>(fields: F): Message<Values<F>> {
  const entries = Object.entries(fields) as [string, Field<unknown>][];
  const byNumber = new Map(entries.map(([name, field]) => [field.number, { name, field }]));
  return {
    encode(value) {
      const writer = new BinaryWriter();
      for (const [name, field] of entries) {
        const given = (value as Readonly<Record<string, unknown>>)[name];
        if (given !== undefined) field.write(writer, given);
      }
      return writer.finish();
    },
    decode(source) {
      const reader = new BinaryReader(source);
      const result: Record<string, unknown> = {};
      for (const [name, field] of entries) result[name] = field.empty();
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag();
        const known = byNumber.get(number);
        if (known === undefined || known.field.wireType !== wireType) reader.skip(wireType, number);
        else result[known.name] = known.field.read(reader, result[known.name]);
      }
      return result as Values<F>;
    },
  };
}
