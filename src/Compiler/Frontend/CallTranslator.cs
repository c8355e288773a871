using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Frontend.Il;
using CogVideoX.Compiler.Frontend.Known;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>A call: something the frontend knows, an instruction given as text, or IL to be inlined.</summary>
internal sealed class CallTranslator(KernelBuilder kernel)
{
    private readonly List<MethodBase> open = [];
    private readonly Dictionary<MethodBase, Callee> callees = [];
    private readonly Intrinsics intrinsics = new(kernel);
    private readonly PtxCalls instructions = new(kernel);

    /// <summary>The result; <see cref="StackValue.Nothing"/> of a void method, null if the call never returns.</summary>
    /// <param name="target">closed; not abstract</param> <param name="arguments">with <c>this</c> first</param>
    /// <param name="location">of the call</param> <param name="variable">name of the C# variable for the result, for naming shared
    /// arrays</param>
    public StackValue? Call(MethodBase target, StackValue[] arguments, Location location, Func<string?> variable)
    {
        if (!callees.TryGetValue(target, out Callee? callee))
            callees[target] = callee = Callee.Of(target);
        if (callee.Remedy is { } remedy)
            throw DiagnosticKinds.OnHosts.At(location, MethodNames.Of(target), remedy);
        if (callee.WrongType is { } wrong)
        {
            string name = $"{target.DeclaringType!.Name}.{target.Name}";
            throw DiagnosticKinds.TypeArgument.At(location, name, wrong.Parameter, wrong.Allowed, wrong.Actual, wrong.Instead);
        }
        if (callee.Intrinsic is { } intrinsic)
            return intrinsics.Call(intrinsic, (MethodInfo)target, arguments, variable);
        if (callee.Ptx is { } text)
            return instructions.Call((MethodInfo)target, text, arguments);
        if (callee.Known is { } known)
            return known(new KnownCall(kernel, target, arguments));
        if (target is MethodInfo { ReturnType: var result } && result != typeof(void))
            Layout.Of(result, location);
        foreach (StackValue argument in arguments)
        {
            if (argument.Known is { } thing)
                throw kernel.Refuse(thing);
        }
        if (!callee.IsFramework)
            return Inline(target, arguments, location);
        try
        {
            return Inline(target, arguments, location);
        }
        catch (CompileException inner) when (!Callee.IsOfFramework(location.Method))
        {
            throw DiagnosticKinds.NoBody.At(location, MethodNames.Of(target), $"in it, {inner.Diagnostic.Message}");
        }
    }

    /// <summary>Translates the method's IL here.</summary>
    public StackValue? Inline(MethodBase target, StackValue[] arguments, Location? location)
    {
        if (open.Contains(target))
        {
            throw DiagnosticKinds.Recursion.At(
                location, string.Join(" → ", open.SkipWhile(method => method != target).Append(target).Select(MethodNames.Of)));
        }
        if (target.IsAbstract)
            throw DiagnosticKinds.VirtualCall.At(location, MethodNames.Of(target));
        IlMethod body = kernel.Method(target) ?? throw DiagnosticKinds.NoBody.At(location, MethodNames.Of(target), WhyNoBody(target));
        open.Add(target);
        StackValue? result = new MethodTranslator(kernel, body, arguments, location).Translate();
        open.RemoveAt(open.Count - 1);
        return result;
    }

    private static string WhyNoBody(MethodBase target) => Callee.IsOfFramework(target)
        ? $"no PTX instruction gives its exact result; {Remedies.ForMath(target)}"
        : "it has no IL; write what it does in C#, or as a [Ptx] method";
}
