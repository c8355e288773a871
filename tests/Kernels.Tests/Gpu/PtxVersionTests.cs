using System.Globalization;
using System.Text.RegularExpressions;
using CogVideoX.Testing;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>The PTX version that doctor compares a driver with is that of the newest kernel.</summary>
public sealed partial class PtxVersionTests
{
    [Fact]
    public void DoctorKnowsTheNewestVersion()
    {
        string source = File.ReadAllText(Path.Combine(Golden.Root, "src", "Pipelines", "Reports", "DriverVersion.cs"));
        int told = int.Parse(Told().Match(source).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.Equal(told, SampleKernels.All.Max(kernel => VersionOf(kernel.Show().Ptx)));
    }

    private static int VersionOf(string ptx)
    {
        Match version = Version().Match(ptx);
        return int.Parse(version.Groups[1].Value + version.Groups[2].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"NewestPtx = (\d+);")]
    private static partial Regex Told();

    [GeneratedRegex(@"^\.version (\d+)\.(\d)", RegexOptions.Multiline)]
    private static partial Regex Version();
}
