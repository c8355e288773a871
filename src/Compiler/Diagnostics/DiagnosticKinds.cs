namespace CogVideoX.Compiler.Diagnostics;

/// <summary>All diagnostics: CVX1… from the C#, CVX2… from what is left after the passes, CVX3… from the target.</summary>
internal static class DiagnosticKinds
{
    public static readonly DiagnosticKind UnknownRegisterIndex = new("CVX2001",
        "a thread's own array is indexed by a value that isn't known when the kernel is compiled; registers have no addresses. Loop over it with a constant count (so that the loop unrolls), or use shared memory");

    public static readonly DiagnosticKind NeedsTarget = new("CVX3001",
        "{0} needs {1}, and the kernel is compiled for {2}. Compile it for such a target, or take another way for this one");

    public static readonly DiagnosticKind OperandNotConstant = new("CVX3002",
        "the operand {0} of '{1}' is part of the instruction, so it must be known when the kernel is compiled. Pass a constant, a type argument's static member, or the index of a loop that unrolls");

    public static readonly DiagnosticKind TooMuchStaticShared = new("CVX3003",
        "{0} bytes of static shared memory; a block may have {1}. Take larger arrays from Shared.Dynamic, whose size the launch gives");

    public static readonly DiagnosticKind BlockOutOfLimits = new("CVX3004",
        "a block of {0} x {1} x {2} threads; each side must be at least 1, z at most 64, and all together at most 1024");

    public static readonly DiagnosticKind ClusterOutOfLimits = new("CVX3005",
        "a cluster of {0} x {1} x {2} blocks for {3}; clusters need sm_90, and may have 1 to 8 blocks (more run on some devices only)");

    public static readonly DiagnosticKind TooMuchConstantMemory = new("CVX3006",
        "{0} bytes of constant arrays; a module may have {1}. Pass larger tables as views");

    public static readonly DiagnosticKind ParametersTooLarge = new("CVX3007",
        "{0} bytes of parameters; a kernel may have {1}. Pass larger things as views");

    public static readonly DiagnosticKind RegistersOutOfLimits = new("CVX3008",
        "MaximumRegisters is {0}; a thread has 16 to 255 registers, or 0 to leave it to the assembler");

    public static readonly DiagnosticKind UnknownTarget = new("CVX3009",
        "PTX for {0} isn't made here: the oldest target is sm_80, and a-variants begin with sm_90a");

    public static readonly DiagnosticKind UnrolledTooFar = new("CVX2002",
        "a loop that must be unrolled (an index into registers or an immediate operand depends on it) would make the kernel {0} instructions long, and {1} are the limit. Unroll less of it: make the registers' index depend on an inner loop only");
}
