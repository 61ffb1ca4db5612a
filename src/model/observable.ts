/** The CTIM observable types that Sightline extracts. */
export type ObservableType = 'ip' | 'ipv6' | 'hostname' | 'domain' | 'url' | 'user_agent' | 'file_name' | 'user';

/** A CTIM observable: something that can be searched for. */
export interface Observable {
  readonly type: ObservableType;
  readonly value: string;
}
