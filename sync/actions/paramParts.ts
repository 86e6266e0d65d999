import { z } from 'zod';

/** The fields that a command takes, and no others: a misspelt one is refused and not passed over. */
export const fields = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `holds ${issue.keys?.join(', ')}, which this command does not take`
        : undefined,
  });

export const positive = z
  .number({ error: 'has to be a number' })
  .positive({ error: 'has to be more than 0' });

export const notNegative = z
  .number({ error: 'has to be a number' })
  .nonnegative({ error: 'has to be 0 or more' });

export const words = (length: number) =>
  z
    .string({ error: 'has to be given in words' })
    .trim()
    .min(1, { error: 'has to be given in words' })
    .max(length, { error: `has to be at most ${length} characters long` });

/** YYYY-MM-DD. */
export const day = z.iso.date({ error: 'has to be a day such as 2026-12-24' });
