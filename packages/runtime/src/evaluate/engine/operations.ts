/**
 * What an instruction of a decision program does. An instruction is four integers: the operation, a slot (or the first
 * instruction of a group), a constant (or the end of the group), and where its truth is kept for the rest of the call.
 */
export const SIZE = 4;

/** No place for the truth: it costs less to find again. */
export const NOWHERE = -1;

/** Added to an operation whose truth is turned round. */
export const NOT = 64;

/** Truths as integers. */
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;

/** The constant itself is the truth. */
export const CONSTANT = 0;
/** A group, all of it. */
export const ALL = 1;
/** A group, any of it. */
export const ANY = 2;
/** A group whose truth is a role's: a test may suppose another. The constant names it; the group is the instruction after. */
export const ROLE = 3;
/** What has no operation of its own: the tree is walked. */
export const WALK = 4;
/** From here on the value of a slot is looked at. */
export const FIRST_OF_SLOTS = 5;
export const TEXT_EQUALS = 5;
export const TEXT_IN = 6;
export const NUMBER_EQUALS = 7;
export const NUMBER_BELOW = 8;
export const NUMBER_ABOVE = 9;
/** Below or equal; above or equal. */
export const NUMBER_AT_MOST = 10;
export const NUMBER_AT_LEAST = 11;
/** Two constants, both included. */
export const NUMBER_BETWEEN = 12;
/** The same for amounts: beside the constant stands its currency. */
export const MONEY_EQUALS = 13;
export const MONEY_BELOW = 14;
export const MONEY_ABOVE = 15;
export const MONEY_AT_MOST = 16;
export const MONEY_AT_LEAST = 17;
/** The slot holds true. */
export const HOLDS = 18;
export const UNDER = 19;
export const HOST_IN = 20;
/** The slot was given, and is no empty list. */
export const GIVEN = 21;
/** A list holds a text. */
export const LIST_HAS = 22;
/** The same where the list is an argument that may be left out. */
export const OPTIONAL_LIST_HAS = 23;
/** Two slots. */
export const SLOTS_EQUAL = 24;
/** A slot is an element of another. */
export const SLOT_IN_SLOT = 25;
export const LIKE = 26;
export const MATCHES = 27;
export const CONTAINS = 28;
