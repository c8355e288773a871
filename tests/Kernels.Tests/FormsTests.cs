using System.Reflection;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.Tests;

/// <summary>Which operation has which form, found in the assembly by reflection. The table is this test's output.</summary>
public sealed class FormsTests(ITestOutputHelper output)
{
    private static readonly (string Name, string Method)[] Kinds =
        [("reference", nameof(IOperation.RunReference)), ("cpu", nameof(IOperation.RunCpu)), ("ilgpu", nameof(IOperation.RunIlgpu))];

    private static readonly (string Name, string Method) OwnKernels = ("cuda", nameof(IOperation.TryRunCuda));

    [Fact]
    public void EveryOperationHasItsForms()
    {
        Operation[] operations = [.. Find()];
        output.WriteLine($"| operation | {string.Join(" | ", Kinds.Append(OwnKernels).Select(kind => kind.Name))} | bf16 | workspace |");
        output.WriteLine($"|---|{string.Concat(Kinds.Select(_ => "---|"))}---|---|---|");
        foreach (Operation operation in operations)
        {
            bool[] row = [.. operation.Forms, operation.HasOwnKernels, operation.HasCpuBf16, operation.UsesWorkspace];
            output.WriteLine($"| {operation.Name} | {string.Join(" | ", row.Select(Shown))} |");
        }
        Assert.InRange(operations.Length, 20, 200);
        Assert.All(operations, operation => Assert.All(operation.Forms, Assert.True));
        Assert.Equal(
            ["Attention", "CausalConv3d", "Linear", "LinearGatedGelu", "LinearTriple"],
            operations.Where(operation => operation.HasCpuBf16).Select(operation => operation.Name));

        static string Shown(bool has) => has ? "yes" : "–";
    }

    [Fact]
    public void AMissingFormIsNamed()
    {
        using var device = new CpuDevice(1);
        MissingFormException thrown = Assert.Throws<MissingFormException>(() => device.Run(new Formless(), workspace: 0));
        Assert.Equal("Formless has no form for Cpu. The reference device runs every operation, slowly.", thrown.Message);
    }

    private static IEnumerable<Operation> Find() => typeof(IOperation).Assembly.GetTypes()
        .Where(type => type.IsValueType && type.IsAssignableTo(typeof(IOperation)))
        .OrderBy(type => type.Name, StringComparer.Ordinal)
        .Select(type => new Operation(
            type.Name.Split('`')[0], [.. Kinds.Select(kind => Has(type, kind.Method))], Has(type, OwnKernels.Method),
            HasCpuBf16(type), type.IsAssignableTo(typeof(IUsesWorkspace))));

    // The device asks the property; whoever writes a form says so there.
    private static bool HasCpuBf16(Type type)
    {
        bool isSaid = type.GetProperty(nameof(IOperation.HasCpuBf16))?.GetValue(null) is true;
        Assert.True(isSaid == Has(type, nameof(IOperation.RunCpuBf16)), $"{type.Name}.{nameof(IOperation.HasCpuBf16)} is {isSaid}.");
        return isSaid;
    }

    // One of its own, and not the interface's, which throws.
    private static bool Has(Type type, string method)
    {
        if (type.IsGenericTypeDefinition)
            type = type.MakeGenericType(typeof(Silu));
        InterfaceMapping map = type.GetInterfaceMap(typeof(IOperation));
        int index = Array.FindIndex(map.InterfaceMethods, found => found.Name == method);
        return map.TargetMethods[index].DeclaringType == type;
    }

    private sealed record Operation(string Name, bool[] Forms, bool HasOwnKernels, bool HasCpuBf16, bool UsesWorkspace);

    private readonly struct Formless : IOperation
    {
        public static string Name => "formless";

        public double Flops => 0;

        public void RunReference() { }
    }
}
