namespace CogVideoX.Compiler.Frontend;

/// <summary>A value between <c>box</c> and <c>unbox</c>, as generic code has it when it asks for its type argument.</summary>
internal sealed record Boxed(Type Type, StackValue Value);
