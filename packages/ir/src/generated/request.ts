// Made by scripts/generate.mjs from src/schema; do not edit.
import type { JsonSchemaDocument } from "../decode/validator.js";

export const requestSchema: JsonSchemaDocument = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "format": {
      "type": "string",
      "const": "writ.request/1"
    },
    "tool": {
      "type": "string",
      "maxLength": 512
    },
    "args": {
      "$ref": "#/$defs/Json"
    },
    "identity": {
      "type": "object",
      "properties": {
        "user": {
          "type": "object",
          "propertyNames": {
            "type": "string"
          },
          "additionalProperties": {
            "$ref": "#/$defs/Json"
          }
        },
        "agent": {
          "type": "object",
          "propertyNames": {
            "type": "string"
          },
          "additionalProperties": {
            "$ref": "#/$defs/Json"
          }
        },
        "session": {
          "type": "object",
          "propertyNames": {
            "type": "string"
          },
          "additionalProperties": {
            "$ref": "#/$defs/Json"
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
    "now": {
      "type": "integer",
      "minimum": -9007199254740991,
      "maximum": 9007199254740991
    }
  },
  "required": [
    "format",
    "tool",
    "args",
    "identity",
    "now"
  ],
  "additionalProperties": false,
  "$defs": {
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
  "title": "writ.request/1"
};
