using System.Buffers.Binary;
using System.Globalization;

namespace CogVideoX.Emulator.Tests.Driver;

/// <summary>vprintf: what a host's printf makes of the same format and values.</summary>
public class PrintfTests
{
    private static string Table => Path.Combine(Path.GetDirectoryName(Goldens.Cases)!, "..", "Emulator.Tests", "Driver", "printf.tsv");

    /// <summary>Lines of printf.tsv, which glibc 2.36 made: format, arguments as size:bits, text.</summary>
    public static TheoryData<string, string, string> Rows =>
        [.. File.ReadAllLines(Table).Select(l => l.Split('\t')).Select(c => (c[0], c[1], c[2]))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void AFormatPrintsAsInC(string format, string arguments, string text)
    {
        (int count, IReadOnlyList<string> printed) = Print(format, Packed(arguments, out int given));
        Assert.Equal(text.Length == 0 ? [] : [text], printed);
        Assert.Equal(given, count);
    }

    [Fact]
    public void ATextComesFromMemoryAndEndsAtItsPrecision()
    {
        LaunchReport report = DriverKernel.Launch(
            "mov.u64 %rd3, f; st.global.u64 [%rd1], %rd4; mov.u64 %rd5, s; st.global.u64 [%rd1+8], %rd5; st.global.u64 [%rd1+16], 0;"
            .Replace("%rd4", "%rd5", StringComparison.Ordinal).Insert(0, "mov.u64 %rd5, s;") + DriverKernel.Print("%rd3", "%rd1"),
            DriverKernel.Text("f", "%s|%7.3s|%s\n") + DriverKernel.Text("s", "äpfel"));
        Assert.Null(report.Fault);
        Assert.Equal(["äpfel|    äp|(null)"], report.Printed);
    }

    [Fact]
    public void LinesOfAllLanesStandInTheReportAndPartsOfALineAreJoined()
    {
        LaunchReport report = DriverKernel.Launch(
            "cvta.to.global.u64 %rd3, %rd1; mad.wide.u32 %rd3, %r1, 4, %rd3; st.global.u32 [%rd3], %r1; mov.u64 %rd4, f; mov.u64 %rd5, g;"
            + "add.u32 %r2, %r1, 0; setp.lt.u32 %p1, %r2, 3; @!%p1 bra END;" + DriverKernel.Print("%rd4", "%rd3")
                + "END: setp.eq.u32 %p2, %r1, 0; @!%p2 bra OUT;"
            + DriverKernel.Print("%rd5", "0") + DriverKernel.Print("%rd5", "0") + "OUT:",
            DriverKernel.Text("f", "lane %d\n") + DriverKernel.Text("g", "ab"), threads: 8);
        Assert.Null(report.Fault);
        Assert.Equal(["abab", "lane 0", "lane 1", "lane 2"], report.Printed.Order(StringComparer.Ordinal));
        Assert.Equal(0, report.DroppedPrints);
    }

    [Fact]
    public void PaddingBetweenArgumentsNeedNotBeWritten() => Assert.Equal(["7 9"], DriverKernel.Launch(
        ".local .align 8 .b8 l[16]; st.local.u32 [l], 7; st.local.u64 [l+8], 9; mov.u64 %rd3, l; cvta.local.u64 %rd3, %rd3; "
            + "mov.u64 %rd4, f;"
        + DriverKernel.Print("%rd4", "%rd3"), DriverKernel.Text("f", "%d %lld")).Printed);

    [Fact]
    public void WithoutAFormatTheResultIsMinusOne()
    {
        (int count, IReadOnlyList<string> printed) = Print(null, []);
        Assert.Equal(-1, count);
        Assert.Empty(printed);
    }

    [Theory]
    [InlineData("%n", FaultKind.Invalid, "'%n' is no conversion")]
    [InlineData("100%", FaultKind.Invalid, "'%' is no conversion")]
    [InlineData("%Lf", FaultKind.Invalid, "'%L' is no conversion")]
    [InlineData("%ls\u001b[31m%q", FaultKind.OutOfBounds, "global memory")]
    [InlineData("%99999999999d", FaultKind.Invalid, "a field of 2147483647 characters")]
    [InlineData("%.65537f", FaultKind.Invalid, "a field of 65537 characters")]
    [InlineData("%lld%lld%lld", FaultKind.OutOfBounds, "x has 16 bytes")]
    public void AFormatThatTheDeviceHasNotIsAFault(string format, FaultKind kind, string says)
    {
        Fault fault = DriverKernel.Launch(
            "mov.u64 %rd3, f;" + DriverKernel.Print("%rd3", "%rd1"), DriverKernel.Text("f", format),
            x: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]).Fault!;
        Assert.Equal(kind, fault.Kind);
        Assert.Contains(says, fault.Message);
        Assert.DoesNotContain(fault.ToString(), char.IsControl);
    }

    [Theory]
    [InlineData("%rd1+1000000", FaultKind.OutOfBounds)]
    [InlineData("0", FaultKind.OutOfBounds)]
    public void ArgumentsThatLieNowhereAreAFault(string arguments, FaultKind kind) => Assert.Equal(kind, DriverKernel.Fault(
        $"mov.u64 %rd3, f; mov.u64 %rd4, {arguments.Split('+')[0]}; add.u64 %rd4, %rd4, "
            + $"{(arguments.Contains('+') ? arguments.Split('+')[1] : "0")};"
        + DriverKernel.Print("%rd3", "%rd4"), DriverKernel.Text("f", "%d")).Kind);

    [Fact]
    public void AnArgumentThatNobodyWroteIsAFault() => Assert.Equal(FaultKind.Uninitialized, DriverKernel.Fault(
        ".local .align 8 .b8 l[16]; mov.u64 %rd3, l; cvta.local.u64 %rd3, %rd3; mov.u64 %rd4, f;"
            + DriverKernel.Print("%rd4", "%rd3"), DriverKernel.Text("f", "%d")).Kind);

    [Fact]
    public void AFormatWithoutAnEndIsAFault()
    {
        Assert.Equal(
            FaultKind.OutOfBounds,
            DriverKernel.Fault("mov.u64 %rd3, f;" + DriverKernel.Print("%rd3", "%rd1"), ".global .b8 f[2] = {65, 66};").Kind);
        Fault fault = DriverKernel.Launch(DriverKernel.Print("%rd1", "%rd1"), x: [.. Enumerable.Repeat((byte)'a', 70_000)]).Fault!;
        Assert.Equal(FaultKind.Invalid, fault.Kind);
        Assert.Contains("doesn't end within 65536 bytes", fault.Message);
    }

    /// <summary>A text of 1 MiB is kept; what comes after that is counted.</summary>
    [Fact]
    public void TextBeyondTheDevicesBufferIsCounted()
    {
        LaunchReport report = DriverKernel.Launch(
            "mov.u64 %rd3, f; mov.u32 %r5, 0; L:" + DriverKernel.Print("%rd3", "%rd1")
                + "add.u32 %r5, %r5, 1; setp.lt.u32 %p1, %r5, 20; @%p1 bra L;",
            DriverKernel.Text("f", "%65535d\n"));
        Assert.Null(report.Fault);
        Assert.Equal(16, report.Printed.Count);
        Assert.Equal(4, report.DroppedPrints);
        report = DriverKernel.Launch(
            "mov.u64 %rd3, f;" + DriverKernel.Print("%rd3", "%rd1"),
            DriverKernel.Text("f", string.Concat(Enumerable.Repeat("%65535d", 5000))), x: new byte[5000 * 4]);
        Assert.Null(report.Fault);
        Assert.Equal(1, report.DroppedPrints);
    }

    private static (int Count, IReadOnlyList<string> Printed) Print(string? format, byte[] arguments)
    {
        string variables = format is null ? "" : DriverKernel.Text("f", format);
        string address = format is null ? "mov.u64 %rd3, 0;" : "mov.u64 %rd3, f; cvta.global.u64 %rd3, %rd3;";
        PtxModule module = Kernel.Module(
            address + DriverKernel.Print("%rd3", "%rd1") + "st.global.u32 [%rd2], %r30;", variables: DriverKernel.Declarations + variables);
        (LaunchReport report, byte[] y) = Kernel.Launch(module, arguments, 4, 1, 1);
        Assert.Null(report.Fault);
        return (BitConverter.ToInt32(y), report.Printed);
    }

    /// <summary>Each argument at the next multiple of its size, as nvcc and clang store them.</summary>
    private static byte[] Packed(string arguments, out int count)
    {
        var bytes = new byte[256];
        int at = 0;
        string[] all = arguments.Split(' ');
        count = all.Length;
        foreach (string argument in all)
        {
            int size = argument[0] - '0';
            at = (at + size - 1) / size * size;
            ulong bits = ulong.Parse(argument.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 4)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)bits);
            else
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), bits);
            at += size;
        }
        return bytes;
    }
}
