/** The ways that others are held against, as they are called in the report, and the one that is ours. */
export const raw = 'raw';
export const libStorage = 'lib-storage Upload';
export const rclone = 'rclone copyurl';
export const awsCli = 'curl | aws s3 cp -';
export const ours = 'our archiver';
