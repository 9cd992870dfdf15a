// Made by scripts/generate.mjs from src/schema; do not edit.
import type { JsonSchemaDocument } from "../decode/validator.js";

export const bundleSchema: JsonSchemaDocument = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "format": {
      "type": "string",
      "const": "writ.bundle/1"
    },
    "policy": {
      "type": "object",
      "properties": {
        "name": {
          "type": "string",
          "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}(\\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$"
        },
        "version": {
          "type": "integer",
          "minimum": 0,
          "maximum": 1000000000
        }
      },
      "required": [
        "name"
      ],
      "additionalProperties": false
    },
    "sources": {
      "minItems": 1,
      "maxItems": 4096,
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": 4096
          },
          "digest": {
            "type": "string",
            "pattern": "^sha256:[0-9a-f]{64}$"
          }
        },
        "required": [
          "name",
          "digest"
        ],
        "additionalProperties": false
      }
    },
    "labels": {
      "maxItems": 256,
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
          },
          "ordered": {
            "type": "boolean"
          },
          "values": {
            "minItems": 1,
            "maxItems": 1024,
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            }
          },
          "at": {
            "$ref": "#/$defs/Span"
          }
        },
        "required": [
          "name",
          "ordered",
          "values",
          "at"
        ],
        "additionalProperties": false
      }
    },
    "types": {
      "maxItems": 65536,
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
          },
          "type": {
            "$ref": "#/$defs/Type"
          },
          "at": {
            "$ref": "#/$defs/Span"
          }
        },
        "required": [
          "name",
          "type",
          "at"
        ],
        "additionalProperties": false
      }
    },
    "identity": {
      "type": "object",
      "properties": {
        "user": {
          "maxItems": 256,
          "type": "array",
          "items": {
            "$ref": "#/$defs/Field"
          }
        },
        "agent": {
          "maxItems": 256,
          "type": "array",
          "items": {
            "$ref": "#/$defs/Field"
          }
        },
        "session": {
          "maxItems": 256,
          "type": "array",
          "items": {
            "$ref": "#/$defs/Field"
          }
        }
      },
      "required": [
        "user",
        "agent",
        "session"
      ],
      "additionalProperties": false
    },
    "roles": {
      "maxItems": 65536,
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
          },
          "when": {
            "$ref": "#/$defs/Expression"
          },
          "at": {
            "$ref": "#/$defs/Span"
          }
        },
        "required": [
          "name",
          "when",
          "at"
        ],
        "additionalProperties": false
      }
    },
    "tiers": {
      "maxItems": 4,
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {
            "type": "string",
            "enum": [
              "low",
              "medium",
              "high",
              "critical"
            ]
          },
          "isolate": {
            "type": "string",
            "enum": [
              "inline",
              "process",
              "wasm",
              "container",
              "gvisor"
            ]
          },
          "network": {
            "maxItems": 1024,
            "type": "array",
            "items": {
              "type": "string",
              "maxLength": 1024
            }
          },
          "read": {
            "maxItems": 1024,
            "type": "array",
            "items": {
              "type": "string",
              "maxLength": 4096
            }
          },
          "write": {
            "maxItems": 1024,
            "type": "array",
            "items": {
              "type": "string",
              "maxLength": 4096
            }
          },
          "env": {
            "maxItems": 1024,
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            }
          },
          "time": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000000000000
          },
          "cpu": {
            "type": "number",
            "minimum": 0.01,
            "maximum": 1024
          },
          "memory": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000000000000000
          },
          "processes": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000000
          },
          "output": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000000000000000
          },
          "approve": {
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
          },
          "at": {
            "$ref": "#/$defs/Span"
          }
        },
        "required": [
          "name",
          "isolate",
          "network",
          "read",
          "write",
          "env",
          "at"
        ],
        "additionalProperties": false
      }
    },
    "tools": {
      "maxItems": 65536,
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}(\\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$"
          },
          "as": {
            "type": "string",
            "minLength": 1,
            "maxLength": 512
          },
          "params": {
            "maxItems": 256,
            "type": "array",
            "items": {
              "$ref": "#/$defs/Field"
            }
          },
          "result": {
            "$ref": "#/$defs/Type"
          },
          "effects": {
            "maxItems": 6,
            "type": "array",
            "items": {
              "type": "string",
              "enum": [
                "read",
                "write",
                "delete",
                "egress",
                "exec",
                "pay"
              ]
            }
          },
          "risk": {
            "type": "string",
            "enum": [
              "low",
              "medium",
              "high",
              "critical"
            ]
          },
          "labels": {
            "maxItems": 1024,
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            }
          },
          "sinks": {
            "maxItems": 1024,
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            }
          },
          "steer": {
            "maxItems": 1024,
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            }
          },
          "doc": {
            "type": "string",
            "maxLength": 65536
          },
          "at": {
            "$ref": "#/$defs/Span"
          }
        },
        "required": [
          "name",
          "params",
          "effects",
          "risk",
          "labels",
          "sinks",
          "at"
        ],
        "additionalProperties": false
      }
    },
    "rules": {
      "maxItems": 262144,
      "type": "array",
      "items": {
        "oneOf": [
          {
            "type": "object",
            "properties": {
              "kind": {
                "type": "string",
                "const": "allow"
              },
              "id": {
                "type": "string",
                "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
              },
              "tools": {
                "maxItems": 65536,
                "type": "array",
                "items": {
                  "type": "string",
                  "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}(\\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$"
                }
              },
              "when": {
                "$ref": "#/$defs/Expression"
              },
              "limits": {
                "maxItems": 64,
                "type": "array",
                "items": {
                  "type": "object",
                  "properties": {
                    "kind": {
                      "type": "string",
                      "const": "calls"
                    },
                    "count": {
                      "type": "integer",
                      "minimum": 0,
                      "maximum": 1000000000
                    },
                    "window": {
                      "anyOf": [
                        {
                          "type": "integer",
                          "minimum": 1,
                          "maximum": 1000000000000
                        },
                        {
                          "type": "string",
                          "const": "session"
                        }
                      ]
                    },
                    "by": {
                      "maxItems": 16,
                      "type": "array",
                      "items": {
                        "$ref": "#/$defs/Expression"
                      }
                    },
                    "at": {
                      "$ref": "#/$defs/Span"
                    }
                  },
                  "required": [
                    "kind",
                    "count",
                    "window",
                    "by",
                    "at"
                  ],
                  "additionalProperties": false
                }
              },
              "isolate": {
                "type": "string",
                "enum": [
                  "low",
                  "medium",
                  "high",
                  "critical"
                ]
              },
              "because": {
                "type": "string",
                "maxLength": 4096
              },
              "tell": {
                "type": "string",
                "maxLength": 4096
              },
              "doc": {
                "type": "string",
                "maxLength": 65536
              },
              "at": {
                "$ref": "#/$defs/Span"
              }
            },
            "required": [
              "kind",
              "id",
              "tools",
              "when",
              "limits",
              "at"
            ],
            "additionalProperties": false
          },
          {
            "type": "object",
            "properties": {
              "kind": {
                "type": "string",
                "const": "ask"
              },
              "id": {
                "type": "string",
                "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
              },
              "tools": {
                "maxItems": 65536,
                "type": "array",
                "items": {
                  "type": "string",
                  "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}(\\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$"
                }
              },
              "when": {
                "$ref": "#/$defs/Expression"
              },
              "limits": {
                "maxItems": 64,
                "type": "array",
                "items": {
                  "type": "object",
                  "properties": {
                    "kind": {
                      "type": "string",
                      "const": "calls"
                    },
                    "count": {
                      "type": "integer",
                      "minimum": 0,
                      "maximum": 1000000000
                    },
                    "window": {
                      "anyOf": [
                        {
                          "type": "integer",
                          "minimum": 1,
                          "maximum": 1000000000000
                        },
                        {
                          "type": "string",
                          "const": "session"
                        }
                      ]
                    },
                    "by": {
                      "maxItems": 16,
                      "type": "array",
                      "items": {
                        "$ref": "#/$defs/Expression"
                      }
                    },
                    "at": {
                      "$ref": "#/$defs/Span"
                    }
                  },
                  "required": [
                    "kind",
                    "count",
                    "window",
                    "by",
                    "at"
                  ],
                  "additionalProperties": false
                }
              },
              "isolate": {
                "type": "string",
                "enum": [
                  "low",
                  "medium",
                  "high",
                  "critical"
                ]
              },
              "because": {
                "type": "string",
                "maxLength": 4096
              },
              "tell": {
                "type": "string",
                "maxLength": 4096
              },
              "doc": {
                "type": "string",
                "maxLength": 65536
              },
              "at": {
                "$ref": "#/$defs/Span"
              },
              "demand": {
                "type": "object",
                "properties": {
                  "from": {
                    "minItems": 1,
                    "maxItems": 1024,
                    "type": "array",
                    "items": {
                      "type": "string",
                      "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
                    }
                  },
                  "requester": {
                    "type": "boolean"
                  },
                  "quorum": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 100
                  },
                  "expires": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 1000000000000
                  },
                  "show": {
                    "maxItems": 64,
                    "type": "array",
                    "items": {
                      "type": "string",
                      "maxLength": 256
                    }
                  }
                },
                "required": [
                  "from",
                  "requester",
                  "quorum",
                  "expires",
                  "show"
                ],
                "additionalProperties": false
              }
            },
            "required": [
              "kind",
              "id",
              "tools",
              "when",
              "limits",
              "at",
              "demand"
            ],
            "additionalProperties": false
          },
          {
            "type": "object",
            "properties": {
              "kind": {
                "type": "string",
                "const": "forbid"
              },
              "id": {
                "type": "string",
                "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
              },
              "tools": {
                "maxItems": 65536,
                "type": "array",
                "items": {
                  "type": "string",
                  "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}(\\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$"
                }
              },
              "when": {
                "$ref": "#/$defs/Expression"
              },
              "limits": {
                "maxItems": 64,
                "type": "array",
                "items": {
                  "type": "object",
                  "properties": {
                    "kind": {
                      "type": "string",
                      "const": "calls"
                    },
                    "count": {
                      "type": "integer",
                      "minimum": 0,
                      "maximum": 1000000000
                    },
                    "window": {
                      "anyOf": [
                        {
                          "type": "integer",
                          "minimum": 1,
                          "maximum": 1000000000000
                        },
                        {
                          "type": "string",
                          "const": "session"
                        }
                      ]
                    },
                    "by": {
                      "maxItems": 16,
                      "type": "array",
                      "items": {
                        "$ref": "#/$defs/Expression"
                      }
                    },
                    "at": {
                      "$ref": "#/$defs/Span"
                    }
                  },
                  "required": [
                    "kind",
                    "count",
                    "window",
                    "by",
                    "at"
                  ],
                  "additionalProperties": false
                }
              },
              "isolate": {
                "type": "string",
                "enum": [
                  "low",
                  "medium",
                  "high",
                  "critical"
                ]
              },
              "because": {
                "type": "string",
                "maxLength": 4096
              },
              "tell": {
                "type": "string",
                "maxLength": 4096
              },
              "doc": {
                "type": "string",
                "maxLength": 65536
              },
              "at": {
                "$ref": "#/$defs/Span"
              }
            },
            "required": [
              "kind",
              "id",
              "tools",
              "when",
              "limits",
              "at"
            ],
            "additionalProperties": false
          }
        ]
      }
    }
  },
  "required": [
    "format",
    "policy",
    "sources",
    "labels",
    "types",
    "identity",
    "roles",
    "tiers",
    "tools",
    "rules"
  ],
  "additionalProperties": false,
  "$defs": {
    "Span": {
      "type": "array",
      "prefixItems": [
        {
          "type": "integer",
          "minimum": 0,
          "maximum": 2147483647
        },
        {
          "type": "integer",
          "minimum": 0,
          "maximum": 2147483647
        },
        {
          "type": "integer",
          "minimum": 0,
          "maximum": 2147483647
        },
        {
          "type": "integer",
          "minimum": 0,
          "maximum": 2147483647
        },
        {
          "type": "integer",
          "minimum": 0,
          "maximum": 2147483647
        }
      ],
      "items": false,
      "minItems": 5,
      "maxItems": 5
    },
    "Type": {
      "oneOf": [
        {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string",
              "enum": [
                "Bool",
                "Int",
                "Decimal",
                "Id",
                "Bytes",
                "Duration",
                "Time",
                "Json",
                "Path",
                "Url",
                "Host",
                "Email"
              ]
            }
          },
          "required": [
            "kind"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string",
              "const": "Text"
            },
            "max": {
              "type": "integer",
              "minimum": 1,
              "maximum": 2147483647
            }
          },
          "required": [
            "kind"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string",
              "const": "Line"
            },
            "max": {
              "type": "integer",
              "minimum": 1,
              "maximum": 2147483647
            }
          },
          "required": [
            "kind"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string",
              "const": "Money"
            },
            "currency": {
              "type": "string",
              "pattern": "^[A-Z]{3}$"
            }
          },
          "required": [
            "kind"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string",
              "const": "Enum"
            },
            "values": {
              "minItems": 1,
              "maxItems": 1024,
              "type": "array",
              "items": {
                "type": "string",
                "maxLength": 1024
              }
            }
          },
          "required": [
            "kind",
            "values"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string",
              "const": "Named"
            },
            "name": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            }
          },
          "required": [
            "kind",
            "name"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string",
              "const": "List"
            },
            "of": {
              "$ref": "#/$defs/Type"
            }
          },
          "required": [
            "kind",
            "of"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "kind": {
              "type": "string",
              "const": "Record"
            },
            "fields": {
              "maxItems": 1024,
              "type": "array",
              "items": {
                "$ref": "#/$defs/Field"
              }
            }
          },
          "required": [
            "kind",
            "fields"
          ],
          "additionalProperties": false
        }
      ]
    },
    "Field": {
      "type": "object",
      "properties": {
        "name": {
          "type": "string",
          "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
        },
        "type": {
          "$ref": "#/$defs/Type"
        },
        "optional": {
          "type": "boolean",
          "const": true
        }
      },
      "required": [
        "name",
        "type"
      ],
      "additionalProperties": false
    },
    "Expression": {
      "oneOf": [
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "literal"
            },
            "type": {
              "$ref": "#/$defs/Type"
            },
            "value": {
              "$ref": "#/$defs/Json"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "type",
            "value",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "arg"
            },
            "name": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "name",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "argsOf"
            },
            "type": {
              "$ref": "#/$defs/Type"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "type",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "claim"
            },
            "of": {
              "type": "string",
              "enum": [
                "user",
                "agent",
                "session"
              ]
            },
            "name": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "of",
            "name",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "variable"
            },
            "name": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "name",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "tool"
            },
            "field": {
              "type": "string",
              "enum": [
                "name",
                "risk"
              ]
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "field",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "now"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "list"
            },
            "items": {
              "maxItems": 65536,
              "type": "array",
              "items": {
                "$ref": "#/$defs/Expression"
              }
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "items",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "field"
            },
            "of": {
              "$ref": "#/$defs/Expression"
            },
            "name": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "of",
            "name",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "member"
            },
            "type": {
              "$ref": "#/$defs/Type"
            },
            "name": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "of": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "type",
            "name",
            "of",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "index"
            },
            "of": {
              "$ref": "#/$defs/Expression"
            },
            "index": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "of",
            "index",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "map"
            },
            "variable": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "list": {
              "$ref": "#/$defs/Expression"
            },
            "body": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "variable",
            "list",
            "body",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "arithmetic"
            },
            "operator": {
              "type": "string",
              "enum": [
                "+",
                "-",
                "*",
                "/"
              ]
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "right": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "operator",
            "left",
            "right",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "negate"
            },
            "of": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "of",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "function"
            },
            "name": {
              "type": "string",
              "enum": [
                "size",
                "lower",
                "upper",
                "trim",
                "path",
                "host",
                "domain",
                "min",
                "max",
                "count",
                "sum",
                "hash"
              ]
            },
            "args": {
              "minItems": 1,
              "maxItems": 64,
              "type": "array",
              "items": {
                "$ref": "#/$defs/Expression"
              }
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "name",
            "args",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "and"
            },
            "items": {
              "maxItems": 65536,
              "type": "array",
              "items": {
                "$ref": "#/$defs/Expression"
              }
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "items",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "or"
            },
            "items": {
              "maxItems": 65536,
              "type": "array",
              "items": {
                "$ref": "#/$defs/Expression"
              }
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "items",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "not"
            },
            "of": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "of",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "role"
            },
            "name": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "name",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "given"
            },
            "path": {
              "minItems": 1,
              "maxItems": 64,
              "type": "array",
              "items": {
                "type": "string",
                "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
              }
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "path",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "compare"
            },
            "operator": {
              "type": "string",
              "enum": [
                "==",
                "!=",
                "<",
                "<=",
                ">",
                ">="
              ]
            },
            "type": {
              "$ref": "#/$defs/Type"
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "right": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "operator",
            "type",
            "left",
            "right",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "in"
            },
            "type": {
              "$ref": "#/$defs/Type"
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "right": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "type",
            "left",
            "right",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "between"
            },
            "type": {
              "$ref": "#/$defs/Type"
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "low": {
              "$ref": "#/$defs/Expression"
            },
            "high": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "type",
            "left",
            "low",
            "high",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "hostIn"
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "patterns": {
              "minItems": 1,
              "maxItems": 65536,
              "type": "array",
              "items": {
                "type": "string",
                "maxLength": 65536
              }
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "left",
            "patterns",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "under"
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "right": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "left",
            "right",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "like"
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "glob": {
              "type": "string",
              "maxLength": 65536
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "left",
            "glob",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "matches"
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "pattern": {
              "type": "string",
              "maxLength": 65536
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "left",
            "pattern",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "contains"
            },
            "left": {
              "$ref": "#/$defs/Expression"
            },
            "right": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "left",
            "right",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "every"
            },
            "variable": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "list": {
              "$ref": "#/$defs/Expression"
            },
            "body": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "variable",
            "list",
            "body",
            "at"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "op": {
              "type": "string",
              "const": "some"
            },
            "variable": {
              "type": "string",
              "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
            },
            "list": {
              "$ref": "#/$defs/Expression"
            },
            "body": {
              "$ref": "#/$defs/Expression"
            },
            "at": {
              "$ref": "#/$defs/Span"
            }
          },
          "required": [
            "op",
            "variable",
            "list",
            "body",
            "at"
          ],
          "additionalProperties": false
        }
      ]
    },
    "Json": {
      "anyOf": [
        {
          "type": "string"
        },
        {
          "type": "number"
        },
        {
          "type": "boolean"
        },
        {
          "type": "null"
        },
        {
          "type": "array",
          "items": {
            "$ref": "#/$defs/Json"
          }
        },
        {
          "type": "object",
          "propertyNames": {
            "type": "string"
          },
          "additionalProperties": {
            "$ref": "#/$defs/Json"
          }
        }
      ]
    }
  },
  "title": "writ.bundle/1"
};
