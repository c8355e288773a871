namespace CogVideoX.Compiler.Ir;

/// <summary>Comparisons. On floats the plain ones are false and the U ones true if an operand is NaN; Eq is false then, Ne true.</summary>
internal enum Condition { Eq, Ne, Lt, Le, Gt, Ge, LtU, LeU, GtU, GeU }
