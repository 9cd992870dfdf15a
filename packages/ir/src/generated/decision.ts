// Made by scripts/generate.mjs from src/schema; do not edit.
import type { JsonSchemaDocument } from "../decode/validator.js";

export const decisionSchema: JsonSchemaDocument = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "format": {
      "type": "string",
      "const": "writ.decision/1"
    },
    "effect": {
      "type": "string",
      "enum": [
        "forbid",
        "ask",
        "allow"
      ]
    },
    "reasons": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "by": {
            "anyOf": [
              {
                "type": "string",
                "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
              },
              {
                "type": "string",
                "enum": [
                  "input",
                  "default",
                  "limit",
                  "tier"
                ]
              }
            ]
          },
          "kind": {
            "type": "string",
            "enum": [
              "allow",
              "ask",
              "forbid",
              "tier",
              "input",
              "default",
              "limit"
            ]
          },
          "truth": {
            "type": "string",
            "enum": [
              "true",
              "unknown"
            ]
          }
        },
        "required": [
          "by",
          "kind",
          "truth"
        ],
        "additionalProperties": false
      }
    },
    "demands": {
      "type": "array",
      "items": {
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
          },
          "by": {
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
          }
        },
        "required": [
          "from",
          "requester",
          "quorum",
          "expires",
          "show",
          "by"
        ],
        "additionalProperties": false
      }
    },
    "limits": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "by": {
            "type": "string",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"
          },
          "index": {
            "type": "integer",
            "minimum": 0,
            "maximum": 9007199254740991
          }
        },
        "required": [
          "by",
          "index"
        ],
        "additionalProperties": false
      }
    },
    "tier": {
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
        }
      },
      "required": [
        "name",
        "isolate"
      ],
      "additionalProperties": false
    },
    "fault": {
      "type": "object",
      "properties": {
        "path": {
          "type": "string"
        },
        "code": {
          "type": "string"
        },
        "message": {
          "type": "string"
        }
      },
      "required": [
        "path",
        "code",
        "message"
      ],
      "additionalProperties": false
    }
  },
  "required": [
    "format",
    "effect",
    "reasons",
    "demands",
    "limits"
  ],
  "additionalProperties": false,
  "title": "writ.decision/1"
};
