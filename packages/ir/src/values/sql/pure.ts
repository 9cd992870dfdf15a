/*
 * What is known to have no effect and to read nothing but its arguments, of PostgreSQL's own. A function of the same
 * name in a schema of `search_path` may still win by its argument types (CVE-2018-1058): who may create functions in a
 * database can change what these names mean.
 */
const FUNCTIONS = new Set(
  (
    "count sum avg min max array_agg string_agg bool_and bool_or every bit_and bit_or json_agg jsonb_agg json_object_agg jsonb_object_agg any_value " +
    "stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept regr_r2 percentile_cont percentile_disc mode " +
    "rank dense_rank row_number ntile lag lead first_value last_value nth_value percent_rank cume_dist " +
    "lower upper initcap length char_length character_length octet_length bit_length substring substr trim btrim ltrim rtrim replace translate split_part " +
    "concat concat_ws left right lpad rpad repeat reverse position strpos overlay ascii chr to_hex md5 sha224 sha256 sha384 sha512 encode decode format quote_literal quote_ident " +
    "starts_with normalize regexp_replace regexp_match regexp_matches regexp_count regexp_like regexp_substr regexp_instr regexp_split_to_array regexp_split_to_table string_to_table " +
    "like_escape similar_escape similar_to_escape to_char to_date to_number to_timestamp " +
    "abs ceil ceiling floor round trunc sqrt cbrt power pow exp ln log log10 mod div sign gcd lcm pi degrees radians sin cos tan asin acos atan atan2 width_bucket random " +
    "now age date_part date_trunc date_bin extract timezone make_date make_time make_interval make_timestamp make_timestamptz clock_timestamp statement_timestamp " +
    "transaction_timestamp timeofday justify_days justify_hours justify_interval isfinite overlaps date_add date_subtract " +
    "json_build_object jsonb_build_object json_build_array jsonb_build_array json_object jsonb_object json_extract_path json_extract_path_text jsonb_extract_path jsonb_extract_path_text " +
    "jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_path_exists jsonb_path_match json_array_length jsonb_array_length json_each jsonb_each json_each_text jsonb_each_text " +
    "json_object_keys jsonb_object_keys json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text json_typeof jsonb_typeof jsonb_set jsonb_insert " +
    "json_strip_nulls jsonb_strip_nulls jsonb_pretty to_json to_jsonb row_to_json array_to_json " +
    "array_length array_ndims array_dims array_lower array_upper cardinality unnest array_to_string string_to_array array_position array_positions array_append array_prepend array_cat array_remove array_replace array_fill " +
    "generate_series generate_subscripts num_nulls num_nonnulls gen_random_uuid uuidv4 uuidv7 pg_typeof version current_database " +
    "to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline setweight " +
    "lower_inc upper_inc isempty int4range int8range numrange daterange tsrange tstzrange host network masklen family"
  ).split(" "),
);

const TYPES = new Set(
  (
    "bool int2 int4 int8 float4 float8 numeric text varchar bpchar char name bytea date time timetz timestamp timestamptz interval uuid json jsonb jsonpath " +
    "inet cidr macaddr bit varbit point line lseg box path polygon circle money tsvector tsquery int4range int8range numrange daterange tsrange tstzrange smallint integer bigint"
  ).split(" "),
);

const OPERATORS = new Set(
  "+ - * / % ^ |/ ||/ @ & | # ~ << >> = <> != < > <= >= || ~~ ~~* !~~ !~~* ~* !~ !~* -> ->> #> #>> @> <@ ? ?| ?& && ^@ @@ @? #- -|- <-> &< &>".split(
    " ",
  ),
);

/** Node types of queries and expressions that have no effect beside that of the functions, types and operators in them. */
export const EXPRESSIONS = new Set(
  (
    "SelectStmt ResTarget ColumnRef A_Const A_Star A_Expr A_Indirection A_Indices A_ArrayExpr BoolExpr BooleanTest NullTest CaseExpr CaseWhen CoalesceExpr MinMaxExpr " +
    "FuncCall NamedArgExpr SubLink RowExpr TypeCast TypeName CollateClause ParamRef SQLValueFunction GroupingFunc GroupingSet SortBy WindowDef JoinExpr RangeVar RangeSubselect " +
    "RangeFunction RangeTableSample Alias WithClause CommonTableExpr CTESearchClause CTECycleClause List String Integer Float Boolean BitString SetToDefault CurrentOfExpr MultiAssignRef " +
    "JsonFormat JsonReturning JsonOutput JsonValueExpr JsonKeyValue JsonObjectConstructor JsonArrayConstructor JsonArrayQueryConstructor JsonAggConstructor JsonObjectAgg JsonArrayAgg JsonIsPredicate"
  ).split(" "),
);

/** Whether a function is one of PostgreSQL's own without effect, by its name's parts. */
export function isPureFunction(names: readonly string[]): boolean {
  return own(names, FUNCTIONS);
}

/** Whether a type is one of PostgreSQL's own whose input reads nothing. */
export function isPlainType(names: readonly string[]): boolean {
  return own(names, TYPES);
}

/** Whether an operator is written as one of PostgreSQL's own. */
export function isPlainOperator(names: readonly string[]): boolean {
  return own(names, OPERATORS);
}

function own(names: readonly string[], known: ReadonlySet<string>): boolean {
  const [first, second] = names;
  if (names.length === 1) return first !== undefined && known.has(first);
  return names.length === 2 && first === "pg_catalog" && second !== undefined && known.has(second);
}
