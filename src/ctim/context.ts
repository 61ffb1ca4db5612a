import { z } from 'zod';
import { HTTP_METHODS, TRAFFIC_DIRECTIONS } from '../vocabulary/vocabulary.ts';
import { anyText, date, flag, integer, list, longText, mediumText, observedTime, shortText } from './parts.ts';

/** What a sighting may tell of an endpoint's events. An access log knows none of the required process fields. */

function event<Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) {
  return list(
    z.strictObject({
      type: z.literal(type),
      time: observedTime,
      process_id: integer,
      process_name: shortText,
      process_guid: integer.optional(),
      process_username: shortText.optional(),
      ...fields,
    }),
  ).optional();
}

const traffic = z.strictObject({
  protocol: integer,
  source_ip: anyText,
  destination_ip: anyText,
  source_port: integer,
  destination_port: integer,
  direction: z.enum(TRAFFIC_DIRECTIONS),
  destination_host_name: anyText.optional(),
  source_subnet: anyText.optional(),
  destination_subnet: anyText.optional(),
});

const file = { file_name: shortText, file_path: mediumText };
const failableFile = { ...file, failed: flag.optional() };
const registry = { registry_key: shortText };

export const context = z.strictObject({
  process_create_events: event('ProcessCreateEvent', {
    process_args: mediumText.optional(),
    process_hash: mediumText.optional(),
    process_size: integer.optional(),
    process_disposition: shortText.optional(),
    parent_creation_time: date.optional(),
    parent_process_id: integer.optional(),
    parent_process_guid: integer.optional(),
    parent_process_name: shortText.optional(),
    parent_process_args: mediumText.optional(),
    parent_process_username: shortText.optional(),
    parent_process_hash: mediumText.optional(),
    parent_process_size: integer.optional(),
    parent_process_disposition: shortText.optional(),
  }),
  library_load_events: event('LibraryLoadEvent', { dll_library_name: shortText, dll_library_path: mediumText }),
  file_create_events: event('FileCreateEvent', failableFile),
  file_delete_events: event('FileDeleteEvent', failableFile),
  file_modify_events: event('FileModifyEvent', failableFile),
  file_move_events: event('FileMoveEvent', { ...file, old_name: shortText, new_name: shortText }),
  netflow_events: event('NetflowEvent', {
    traffic,
    flow_time: date.optional(),
    byte_count_in: integer.optional(),
    byte_count_out: integer.optional(),
    process_path: shortText.optional(),
    process_args: shortText.optional(),
    process_hash: shortText.optional(),
    process_account: shortText.optional(),
    process_account_type: shortText.optional(),
    parent_process_id: integer.optional(),
    parent_process_name: shortText.optional(),
    parent_process_path: shortText.optional(),
    parent_process_args: shortText.optional(),
    parent_process_hash: shortText.optional(),
    parent_process_account: shortText.optional(),
    parent_process_account_type: shortText.optional(),
  }),
  http_events: event('HTTPEvent', {
    traffic,
    host: shortText,
    url_port: integer.optional(),
    query: longText.optional(),
    encrypted: flag.optional(),
    method: z.enum(HTTP_METHODS).optional(),
  }),
  registry_create_events: event('RegistryCreateEvent', registry),
  registry_set_events: event('RegistrySetEvent', {
    ...registry,
    registry_value: mediumText,
    registry_data: longText.optional(),
    registry_data_length: integer.optional(),
  }),
  registry_delete_events: event('RegistryDeleteEvent', { ...registry, registry_value: mediumText.optional() }),
  registry_rename_events: event('RegistryRenameEvent', { ...registry, registry_old_key: shortText }),
});
