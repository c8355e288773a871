using System.Reflection;
using CogVideoX.Compiler.Frontend.Known;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>How a method is translated: at most one of the first three, else by its IL.</summary>
/// <param name="Intrinsic">the frontend's own</param> <param name="Ptx">an instruction</param> <param name="Known">a .NET method with an
/// entry in the table</param>
/// <param name="WrongType">a type argument that it can't have in a kernel</param>
/// <param name="Remedy">what to use instead of a method that only hosts have; null for all others</param>
/// <param name="IsFramework">it belongs to .NET</param>
internal sealed record Callee(
    DeviceIntrinsic? Intrinsic, PtxAttribute? Ptx, Func<KnownCall, StackValue>? Known, WrongType? WrongType, string? Remedy,
    bool IsFramework)
{
    public static Callee Of(MethodBase method) => new(
        method.GetCustomAttribute<DeviceIntrinsicAttribute>()?.Kind, method.GetCustomAttribute<PtxAttribute>(), KnownMethods.Find(method),
        WrongType.Of(method), Remedies.Of(method), IsOfFramework(method));

    public static bool IsOfFramework(MethodBase method) =>
        method.Module.Assembly.GetName().Name is { } name && name.StartsWith("System.", StringComparison.Ordinal);
}
