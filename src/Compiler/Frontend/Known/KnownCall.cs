using System.Reflection;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>A call of a .NET method that the frontend knows.</summary>
/// <param name="Kernel">what is being built</param> <param name="Method">closed</param>
/// <param name="Arguments">with <c>this</c> first</param>
internal sealed record KnownCall(KernelBuilder Kernel, MethodBase Method, StackValue[] Arguments)
{
    public IrBuilder Ir => Kernel.Ir;

    public MemoryAccess Memory => Kernel.Memory;

    /// <summary>The i-th type argument of the method.</summary>
    public Type TypeArgument(int index) => Method.GetGenericArguments()[index];

    /// <summary>The i-th type argument of the method's type.</summary>
    public Type OwnerArgument(int index) => Method.DeclaringType!.GetGenericArguments()[index];

    /// <summary>The i-th argument as one scalar of its parameter's type.</summary>
    public Value Scalar(int index)
    {
        int first = Method.IsStatic ? 0 : 1;
        StackValue argument = Arguments[index];
        return Kernel.Scalar(index < first ? argument : Coercion.To(Kernel, Method.GetParameters()[index - first].ParameterType, argument));
    }
}
