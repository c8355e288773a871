namespace CogVideoX.Compiler.Diagnostics;

/// <summary>All diagnostics: CVX1… from the C#, CVX2… from what is left after the passes, CVX3… from the target.</summary>
internal static class DiagnosticKinds
{
    public static readonly DiagnosticKind UnknownRegisterIndex = new("CVX2001",
        "a thread's own array is indexed by a value that isn't known when the kernel is compiled; registers have no addresses. Loop over it with a constant count (so that the loop unrolls), or use shared memory");

    public static readonly DiagnosticKind UnrolledTooFar = new("CVX2002",
        "a loop that must be unrolled (an index into registers or an immediate operand depends on it) would make the kernel {0} instructions long, and {1} are the limit. Unroll less of it: make the registers' index depend on an inner loop only");
}
