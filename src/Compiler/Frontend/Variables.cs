using CogVideoX.Compiler.Frontend.Il;

namespace CogVideoX.Compiler.Frontend;

/// <summary>
/// Arguments and local variables of an inlined call. One that is assigned once and whose address nobody takes is the value itself, so
/// that constants go on into what uses it; the others are memory of the thread.
/// </summary>
internal sealed class Variables
{
    private readonly KernelBuilder kernel;
    private readonly IlMethod method;
    private readonly StackValue?[] argumentValues;
    private readonly StackValue?[] argumentPlaces;
    private readonly StackValue?[] localValues;
    private readonly StackValue?[] localPlaces;

    public Variables(KernelBuilder kernel, IlMethod method, StackValue[] arguments)
    {
        this.kernel = kernel;
        this.method = method;
        argumentValues = new StackValue?[arguments.Length];
        argumentPlaces = new StackValue?[arguments.Length];
        localValues = new StackValue?[method.Locals.Length];
        localPlaces = new StackValue?[method.Locals.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            StackValue value = Coercion.To(kernel, method.ArgumentTypes[i], arguments[i]);
            if (method.Arguments[i] is { Stores: 0, IsAddressed: false })
                argumentValues[i] = value;
            else
                argumentPlaces[i] = kernel.Memory.Spill(method.ArgumentTypes[i], value);
        }
    }

    public StackValue LoadArgument(int index) =>
        argumentValues[index] ?? kernel.Memory.Load(method.ArgumentTypes[index], argumentPlaces[index]!);

    public void StoreArgument(int index, StackValue value) =>
        kernel.Memory.Store(method.ArgumentTypes[index], argumentPlaces[index]!, Coercion.To(kernel, method.ArgumentTypes[index], value));

    public StackValue AddressOfArgument(int index) => argumentPlaces[index]!;

    public StackValue LoadLocal(int index) => localValues[index] ?? kernel.Memory.Load(method.LocalTypes[index], PlaceOf(index));

    public void StoreLocal(int index, StackValue value)
    {
        value = Coercion.To(kernel, method.LocalTypes[index], value);
        if (method.Locals[index] is { Stores: 1, IsAddressed: false } || value.Known is not null)
            localValues[index] = value;
        else
            kernel.Memory.Store(method.LocalTypes[index], PlaceOf(index), value);
    }

    public StackValue AddressOfLocal(int index) => PlaceOf(index);

    private StackValue PlaceOf(int index) =>
        localPlaces[index] ??= StackValue.Pointer(kernel.NewLocal(Layout.Of(method.LocalTypes[index], kernel.Location).Size), 0);
}
