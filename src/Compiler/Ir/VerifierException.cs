namespace CogVideoX.Compiler.Ir;

/// <summary>A rule of the IR is broken; the verifier adds the function's text.</summary>
internal sealed class VerifierException(string message) : Exception(message);
