using System.Reflection;
using CogVideoX.Compiler.Frontend.Known;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>What a kernel uses instead of .NET methods that only a host has.</summary>
internal static class Remedies
{
    private const string Vectors =
        "write it for one element, since a GPU's vectors are its threads, or use Float2 and Float4 (which one instruction loads)";

    private const string Printing = "Device.Print(\"x = {0}\", x) prints from a kernel";

    private const string Meeting =
        "the threads of a block meet at Block.Sync, those of a warp at Warp.Sync, and others by Atomic and Fence";

    private const string Places =
        "the launch is the loop: each thread takes the element of its place, Grid.BlockX * Block.SizeX + Block.ThreadX";

    private const string Passing = "pass what the host knows as an argument of the launch";

    /// <summary>By the type that has the method.</summary>
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["System.Console"] = Printing,
        ["System.Diagnostics.Debug"] = Printing + ", and Debug.Assert stops a launch",
        ["System.Diagnostics.Trace"] = Printing,
        ["System.Diagnostics.Debugger"] = Printing,
        ["System.Text.StringBuilder"] = Printing,
        ["System.Globalization.CultureInfo"] = Printing,
        ["System.Threading.Thread"] = Meeting,
        ["System.Threading.SpinWait"] = "loop over Volatile.Read or Atomic.CompareExchange",
        ["System.Threading.Monitor"] = Meeting,
        ["System.Threading.Lock"] = Meeting,
        ["System.Threading.SpinLock"] = Meeting,
        ["System.Threading.Barrier"] = Meeting,
        ["System.Threading.Tasks.Parallel"] = Places,
        ["System.Threading.Tasks.Task"] = Places,
        ["System.Linq.Enumerable"] = "write a loop; Warp.Sum and Warp.Max reduce over a warp",
        ["System.Array"] = "Shared.Array, Registers.Of and Local.Array are the arrays of a kernel",
        ["System.Random"] = "pass a seed, and compute numbers from it and the thread's place",
        ["System.DateTime"] = Passing,
        ["System.Environment"] = Passing,
        ["System.Diagnostics.Stopwatch"] = "measure on the host, or read %clock64 by a [Ptx] method",
        ["System.GC"] = "a kernel has no managed memory",
    };

    /// <summary>By the method.</summary>
    private static readonly Dictionary<string, string> Methods = new(StringComparer.Ordinal)
    {
        ["System.Threading.Interlocked.Increment"] = "use Atomic.Add(ref x, 1), which returns what was there before",
        ["System.Threading.Interlocked.Decrement"] = "use Atomic.Add(ref x, -1), which returns what was there before",
        ["System.Threading.Interlocked.Add"] = "use Atomic.Add, which returns what was there before, or Atomic.Accumulate",
        ["System.Threading.Interlocked.Exchange"] = "use Atomic.Exchange",
        ["System.Threading.Interlocked.CompareExchange"] = "use Atomic.CompareExchange, with the arguments in the same order",
        ["System.Threading.Interlocked.And"] = "use Atomic.And",
        ["System.Threading.Interlocked.Or"] = "use Atomic.Or",
        ["System.Threading.Interlocked.Read"] = "use Volatile.Read",
        ["System.Threading.Interlocked.MemoryBarrier"] = "use Fence.Device, or Fence.Block for the block alone",
        ["System.Threading.Thread.MemoryBarrier"] = "use Fence.Device, or Fence.Block for the block alone",
        ["System.Threading.Thread.Sleep"] = "use Device.Sleep between the looks of a loop; threads that wait for others meet at Block.Sync",
        ["System.Threading.Thread.SpinWait"] = "use Device.Sleep with nanoseconds",
    };

    private static readonly string[] Approximations =
    [
        nameof(Approximate.Sin), nameof(Approximate.Cos), nameof(Approximate.Tan), nameof(Approximate.Exp), nameof(Approximate.Log),
        nameof(Approximate.Log2), nameof(Approximate.Pow), nameof(Approximate.Tanh),
    ];

    public static string? Of(MethodBase method)
    {
        Type owner = method.DeclaringType!;
        if (KnownMethods.Find(method) is not null)
            return null;
        string type = $"{owner.Namespace}.{owner.Name}";
        if (Methods.TryGetValue($"{type}.{method.Name}", out string? remedy) || Types.TryGetValue(type, out remedy))
            return remedy;
        bool isVector = owner.Namespace is { } space && (space.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal)
            || (space == "System.Numerics" && IsVector(owner.Name)));
        if (isVector)
            return Vectors;
        return method is MethodInfo { Name: nameof(ToString) } && Callee.IsOfFramework(method) ? Printing : null;
    }

    /// <summary>For a function of Math or MathF that no instruction gives to the last bit.</summary>
    public static string ForMath(MethodBase method)
    {
        const string Own = "or write it in C#";
        if (method.DeclaringType != typeof(Math) && method.DeclaringType != typeof(MathF))
            return $"use an approximate instruction of the language, {Own}";
        string name = method.Name;
        if (!Approximations.Contains(name))
            return $"there is no approximate one of it either; {Own["or ".Length..]}";
        return method.DeclaringType == typeof(MathF)
            ? $"{nameof(Approximate)}.{name} is the GPU's own, {Own}"
            : $"{nameof(Approximate)}.{name} is the GPU's own, of floats: where that is enough convert, {Own} to have all bits of a double";
    }

    private static bool IsVector(string name) => name.Split('`')[0]
        is "Vector" or "Vector2" or "Vector3" or "Vector4" or "Matrix3x2" or "Matrix4x4" or "Quaternion" or "Plane";
}
