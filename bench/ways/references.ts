/** What all other ways are held against, as they are called in the report. */
export const raw = 'raw';
export const libStorage = 'lib-storage Upload';
