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
        "parameter {0} of type {1} can't be passed to a GPU; use numbers, View<T>, pointers, TensorMap, or structs of these");

    public static readonly DiagnosticKind LaunchShape = new("CVX1005",
        "{0}: {1}");

    public static readonly DiagnosticKind Allocation = new("CVX1006",
        "{0} needs memory from the garbage collector, which a GPU doesn't have; use structs, Shared.Array for memory of the block, or Registers.Of for arrays of a thread");

    public static readonly DiagnosticKind Throw = new("CVX1007",
        "a GPU has no exceptions; test for the error on the host, or call Trap.Now()");

    public static readonly DiagnosticKind Try = new("CVX1008",
        "try, catch, finally, using and lock need exceptions, which a GPU doesn't have; write the steps one after the other");

    public static readonly DiagnosticKind VirtualCall = new("CVX1009",
        "{0} is called through a class, an interface or a delegate; make what varies a type parameter (a struct with a static abstract or instance method), so that the compiler knows it");

    public static readonly DiagnosticKind String = new("CVX1010",
        "strings don't exist in a kernel; pass a number, or move this to the host");

    public static readonly DiagnosticKind Recursion = new("CVX1011",
        "methods call each other in a circle ({0}), and every call is inlined; write a loop");

    public static readonly DiagnosticKind UnsupportedType = new("CVX1012",
        "type {0} can't exist in a kernel; use primitive numbers, Half, BFloat16, pointers, references and structs of these");

    public static readonly DiagnosticKind StaticField = new("CVX1013",
        "static field {0} is the host's; make it const or static readonly of an unmanaged type, mark it [DeviceVariable], or pass it to the kernel");

    public static readonly DiagnosticKind CheckedArithmetic = new("CVX1014",
        "checked arithmetic throws, and a GPU has no exceptions; use unchecked arithmetic (and test the range on the host)");

    public static readonly DiagnosticKind FloatRemainder = new("CVX1015",
        "a remainder of floats has no exact instruction; write x - y * MathF.Truncate(x / y), or use integers");

    public static readonly DiagnosticKind SharedSize = new("CVX1016",
        "{0} of a shared array must be a constant once compiled{1}; make it a const, a static abstract member or a type argument, or use Shared.Dynamic");

    public static readonly DiagnosticKind RegistersSize = new("CVX1017",
        "the size of a thread's own array must be a positive constant once compiled; make it a const, a static abstract member or a type argument");

    public static readonly DiagnosticKind PtxText = new("CVX1018",
        "the [Ptx] text of {0} is wrong: {1}");

    public static readonly DiagnosticKind NoBody = new("CVX1019",
        "{0} can't run on a GPU: {1}");

    public static readonly DiagnosticKind TwoStateSpaces = new("CVX1020",
        "a pointer or reference lies in {0} on one way here and in {1} on another; keep two variables, or branch around the access instead of the pointer");

    public static readonly DiagnosticKind UnassignedReference = new("CVX1021",
        "a reference is used before it is known what it refers to; assign it first");

    public static readonly DiagnosticKind WrongStateSpace = new("CVX1022",
        "{0} needs a place in {1} memory, but this one lies in {2}");

    public static readonly DiagnosticKind Instruction = new("CVX1023",
        "{0} has no meaning in a kernel");

    public static readonly DiagnosticKind Unknown = new("CVX1024",
        "{0} isn't known when the kernel is compiled; {1}");

    public static readonly DiagnosticKind UnknownRegisterIndex = new("CVX2001",
        "a thread's own array is indexed by a value that isn't known when the kernel is compiled; registers have no addresses. Loop over it with a constant count (so that the loop unrolls), or use shared memory");
}
