using System.Reflection;

namespace CogVideoX.Compiler.Ir;

/// <summary>Where in the C# something comes from.</summary>
/// <param name="Method">the method whose IL it is</param> <param name="Offset">in that IL</param>
/// <param name="Caller">where that method was called, if it was inlined</param>
internal sealed record Location(MethodBase Method, int Offset, Location? Caller);
