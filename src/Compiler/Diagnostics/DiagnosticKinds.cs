using System.Globalization;
using CogVideoX.Compiler.Frontend;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Diagnostics;

/// <summary>All diagnostics: CVX1… from the C#, CVX2… from what is left after the passes, CVX3… from the target.</summary>
internal static class DiagnosticKinds
{
    public static readonly DiagnosticKind NotAKernel = new("CVX1001",
        "{0} isn't a kernel: a kernel is a readonly struct that implements IKernel");

    public static readonly DiagnosticKind NotClosed = new("CVX1002",
        "{0} has type parameters without values; compile it with type arguments, such as RmsNorm<BFloat16>");

    public static readonly DiagnosticKind NotOneConstructor = new("CVX1003",
        "{0} has {1} public constructors; a kernel has one, whose parameters are the launch's arguments");

    public static readonly DiagnosticKind ParameterType = new("CVX1004",
        "parameter {0} of type {1} can't be passed to a GPU; use numbers, View<T>, pointers, TensorMap, or structs of these (no "
        + "tuples: .NET orders their fields as it likes)");

    public static readonly DiagnosticKind LaunchShape = new("CVX1005",
        "{0}: {1}");

    public static readonly DiagnosticKind Allocation = new("CVX1006",
        "{0} needs memory from the garbage collector, which a GPU doesn't have; use structs, Shared.Array for memory of the "
        + "block, or Registers.Of and Local.Array for arrays of a thread");

    public static readonly DiagnosticKind Throw = new("CVX1007",
        "a GPU has no exceptions; test for the error on the host, or call Trap.Now()");

    public static readonly DiagnosticKind Try = new("CVX1008",
        "try, catch, finally, using and lock need exceptions, which a GPU doesn't have; write the steps one after the other");

    public static readonly DiagnosticKind VirtualCall = new("CVX1009",
        "{0} is called through a class, an interface or a delegate; make what varies a type parameter (a struct with a static "
        + "abstract or instance method), so that the compiler knows it");

    public static readonly DiagnosticKind String = new("CVX1010",
        "strings don't exist in a kernel; pass a number, print with Device.Print, or move this to the host");

    public static readonly DiagnosticKind Recursion = new("CVX1011",
        "methods call each other in a circle ({0}), and every call is inlined; write a loop");

    public static readonly DiagnosticKind UnsupportedType = new("CVX1012",
        "type {0} can't exist in a kernel; use primitive numbers, Half, BFloat16, pointers, references and structs of these");

    public static readonly DiagnosticKind StaticField = new("CVX1013",
        "static field {0} is the host's; make it const or static readonly of an unmanaged type, mark it [DeviceVariable], or pass "
        + "it to the kernel");

    public static readonly DiagnosticKind CheckedArithmetic = new("CVX1014",
        "checked arithmetic throws, and a GPU has no exceptions; use unchecked arithmetic (and test the range on the host)");

    public static readonly DiagnosticKind FloatRemainder = new("CVX1015",
        "a remainder of floats has no exact instruction; write x - y * MathF.Truncate(x / y), or use integers");

    public static readonly DiagnosticKind SharedSize = new("CVX1016",
        "{0} of a shared array must be a constant once compiled{1}; make it a const, a static abstract member or a type argument, "
        + "or use Shared.Dynamic");

    public static readonly DiagnosticKind RegistersSize = new("CVX1017",
        "the size of a thread's own array must be a positive constant once compiled, and fit; make it a const, a static abstract "
        + "member or a type argument");

    public static readonly DiagnosticKind PtxText = new("CVX1018",
        "the [Ptx] text of {0} is wrong: {1}");

    public static readonly DiagnosticKind NoBody = new("CVX1019",
        "{0} can't run on a GPU: {1}");

    public static readonly DiagnosticKind TwoStateSpaces = new("CVX1020",
        "a pointer or reference lies in {0} on one way here and in {1} on another; keep two variables, or branch around the "
        + "access instead of the pointer");

    public static readonly DiagnosticKind UnassignedReference = new("CVX1021",
        "a reference is used before it is known what it refers to; assign it first");

    public static readonly DiagnosticKind WrongStateSpace = new("CVX1022",
        "{0} needs a place in {1} memory, but this one lies in {2}");

    public static readonly DiagnosticKind Instruction = new("CVX1023",
        "{0} has no meaning in a kernel");

    public static readonly DiagnosticKind Unknown = new("CVX1024",
        "{0} isn't known when the kernel is compiled; {1}");

    public static readonly DiagnosticKind TypeArgument = new("CVX1025",
        "{0} takes {1} of {2}, not {3}{4}");

    public static readonly DiagnosticKind OnHosts = new("CVX1026",
        "{0} is for hosts; {1}");

    public static readonly DiagnosticKind PrintFormat = new("CVX1027",
        "what Device.Print is given is wrong: {0}");

    public static readonly DiagnosticKind UnknownRegisterIndex = new("CVX2001",
        "a thread's own array is indexed by a value that isn't known when the kernel is compiled; registers have no addresses. "
        + "Loop over it with a constant count of at most 1024 (so that the loop unrolls), or take the array from Local.Array, "
        + "which lies in memory");

    public static readonly DiagnosticKind UnrolledTooFar = new("CVX2002",
        "a loop that must be unrolled (an index into registers or an immediate operand depends on it) would make the kernel {0} "
        + "instructions long, and {1} are the limit. Unroll less of it: make the registers' index depend on an inner loop only, "
        + "or take the array from Local.Array, which lies in memory and needs no unrolling");

    public static readonly DiagnosticKind NeedsTarget = new("CVX3001",
        "{0} needs {1}, and the kernel is compiled for {2}. Compile it for such a target, or take another way for this one");

    public static readonly DiagnosticKind OperandNotConstant = new("CVX3002",
        "the operand {0} of '{1}' is part of the instruction, so it must be known when the kernel is compiled. Pass a constant, a "
        + "type argument's static member, or the index of a loop that unrolls");

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
        "PTX for {0} isn't made here: there are {1}, and a-variants from {2} on");
}

/// <summary>A thing that C# can say and a GPU kernel can't, with its number.</summary>
/// <param name="Number">never used again for something else</param>
/// <param name="Format">the message, with places for what <see cref="At"/> is given</param>
internal sealed record DiagnosticKind(string Number, string Format)
{
    /// <summary>The error at a place in the C#.</summary>
    public CompileException At(Location? location, params ReadOnlySpan<object?> arguments)
    {
        string message = string.Format(CultureInfo.InvariantCulture, Format, arguments);
        string method = location is null ? "" : $"{location.Method.DeclaringType?.Name}.{location.Method.Name}";
        return new CompileException(new Diagnostic(Number, message, SourceMap.Find(location), method));
    }
}
